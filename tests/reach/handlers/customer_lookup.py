# events: [{"customer_ids": ["c-1", "c-2"]}, {"customer_ids": []}]
# safe: requested, customers, missing, countries
# unsafe: average_discount (computed last)
from concurrent.futures import ThreadPoolExecutor

import boto3

table = boto3.resource("dynamodb").Table("customers")


def fetch(customer_id):
    return table.get_item(Key={"customer_id": customer_id}).get("Item")


def lambda_handler(event, context):
    ids = event["customer_ids"]
    requested = len(ids)

    with ThreadPoolExecutor(max_workers=4) as pool:
        found = list(pool.map(fetch, ids))

    customers = {c["customer_id"]: c["name"] for c in found if c}
    missing = [i for i, c in zip(ids, found) if c is None]
    countries = sorted({c["country"] for c in found if c})
    discounts = [float(c["discount"]) for c in found if c]

    return {
        "requested": requested,
        "customers": customers,
        "missing": missing,
        "countries": countries,
        "average_discount": round(sum(discounts) / len(discounts), 3) if discounts else 0.0,
    }
