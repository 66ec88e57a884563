# events: [{"statement": [{"ref": "INV-1", "amount": "100.00"}, {"ref": "??", "amount": "abc"}], "open": {"INV-1": 100.0, "INV-2": 55.0}}, {"statement": [], "open": {"INV-3": 1.0}}]
# safe: rate, matched, unmatched, still_open
# unsafe: archive (computed last)
import logging

import boto3
import requests

log = logging.getLogger("reconcile")
s3 = boto3.client("s3")


def parse_amount(text):
    try:
        return float(text)
    except ValueError:
        return None


def lambda_handler(event, context):
    try:
        rate = requests.get("https://fx.example.com/v1/rates", timeout=1).json()["rates"]["USD"]
    except (requests.RequestException, KeyError):
        log.warning("no rate, using 1.0")
        rate = 1.0

    matched, unmatched = {}, []
    for line in event["statement"]:
        amount = parse_amount(line["amount"])
        if amount is not None and event["open"].get(line["ref"]) == amount:
            matched[line["ref"]] = amount
        else:
            unmatched.append(line["ref"])

    still_open = {ref: amount for ref, amount in event["open"].items() if ref not in matched}

    try:
        etag = s3.put_object(Bucket="archive", Key="statement.json", Body=repr(matched))["ETag"]
        archive = etag.strip('"')
    except Exception:
        log.exception("archive failed")
        archive = None

    return {
        "rate": rate,
        "matched": matched,
        "unmatched": unmatched,
        "still_open": still_open,
        "archive": archive,
    }
