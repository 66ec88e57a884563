# events: [{"account": "acc-1", "usage": [{"metric": "requests", "amount": 1500000}, {"metric": "storage_gb", "amount": 120}], "plan": "pro"}, {"account": "acc-2", "usage": [], "plan": "free"}]
# safe: account, plan, line_items, subtotal, credits, vat, total
# unsafe: status (computed last)
import logging
import time

from aws_lambda_powertools.utilities.parameters import get_parameter

logging.getLogger().setLevel("INFO")

PRICES = {
    "free": {"requests": 0.0, "storage_gb": 0.0},
    "pro": {"requests": 0.0000002, "storage_gb": 0.023},
}
CREDITS = {"acc-1": 1.5}


def price(plan, usage):
    return [
        {
            "metric": u["metric"],
            "amount": u["amount"],
            "cost": round(u["amount"] * PRICES[plan][u["metric"]], 4),
        }
        for u in usage
    ]


def charge(account, total):
    if total <= 0:
        return "nothing_due"
    logging.info("charging %s: %.2f", account, total)
    return "charged"


def lambda_handler(event, context):
    start = time.time()
    account = event["account"]

    line_items = price(event["plan"], event["usage"])
    subtotal = round(sum(item["cost"] for item in line_items), 2)
    credits = min(CREDITS.get(account, 0.0), subtotal)
    vat = round((subtotal - credits) * float(get_parameter("/billing/vat")), 2)
    total = round(subtotal - credits + vat, 2)
    status = charge(account, total)

    logging.info("done in %.1f ms", (time.time() - start) * 1000)
    return {
        "account": account,
        "plan": event["plan"],
        "line_items": line_items,
        "subtotal": subtotal,
        "credits": credits,
        "vat": vat,
        "total": total,
        "status": status,
    }
