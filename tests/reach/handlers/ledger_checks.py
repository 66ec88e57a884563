# events: [{"ledger": "2024-Q2", "entries": [{"account": "1200", "debit": 100.0, "credit": 0.0}, {"account": "8400", "debit": 0.0, "credit": 100.0}]}, {"ledger": "2024-Q3", "entries": [{"account": "1200", "debit": 10.0, "credit": 0.0}]}]
# safe: ledger, run_id, balances, balanced, suspicious
# unsafe: hash (computed last)
import hashlib
import logging
import uuid
from itertools import groupby
from operator import itemgetter

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger("ledger")


def account_balances(entries):
    balances = {}
    for account, group in groupby(sorted(entries, key=itemgetter("account")), key=itemgetter("account")):
        balances[account] = round(sum(e["debit"] - e["credit"] for e in group), 2)
    return balances


def benford(entries):
    digits = [str(e["debit"] or e["credit"])[0] for e in entries]
    return sorted(d for d in set(digits) if digits.count(d) > 0.6 * len(digits))


def chain_hash(entries):
    h = hashlib.sha256()
    for e in entries:
        h.update(repr(sorted(e.items())).encode())
    return h.hexdigest()


def lambda_handler(event, context):
    logger.info("checking %(ledger)s", event)
    run_id = str(uuid.uuid4())
    entries = event["entries"]

    balances = account_balances(entries)
    balanced = abs(sum(balances.values())) < 0.005
    assert entries, "an empty ledger"
    suspicious = benford(entries)
    digest = chain_hash(entries)

    result = {}
    result["ledger"] = event["ledger"]
    result["run_id"] = run_id
    result["balances"] = balances
    result["balanced"] = balanced
    result["suspicious"] = suspicious
    result["hash"] = digest
    return result
