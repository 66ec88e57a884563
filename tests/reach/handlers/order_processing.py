# events: [{"order_id": "o-1", "customer_id": "c-1", "lines": [{"sku": "A-1", "qty": 2, "price": 19.9}]}, {"order_id": "o-2", "customer_id": "c-2", "lines": []}, {"customer_id": "c-9", "lines": [{"sku": "B-7", "qty": 1, "price": 249}], "order_id": "o-3"}]
# safe: order_id, status, customer, subtotal, discount, tax, total
# unsafe: reservation (computed last)
import logging
import os
import uuid

import boto3

log = logging.getLogger(__name__)

TABLE = os.environ.get("CUSTOMER_TABLE", "customers")
VAT = 0.19

dynamodb = boto3.resource("dynamodb")
customers = dynamodb.Table(TABLE)


class OrderError(Exception):
    pass


def load_customer(customer_id):
    item = customers.get_item(Key={"customer_id": customer_id}).get("Item")
    if item is None:
        raise OrderError(f"unknown customer {customer_id}")
    return {"id": item["customer_id"], "tier": item["tier"], "rate": float(item["discount"])}


def reserve(lines):
    return {"id": str(uuid.uuid4()), "skus": sorted(line["sku"] for line in lines)}


def lambda_handler(event, context):
    lines = event.get("lines") or []
    if not lines:
        return {"order_id": event.get("order_id"), "status": "EMPTY"}

    customer = load_customer(event["customer_id"])

    subtotal = round(sum(line["qty"] * line["price"] for line in lines), 2)
    discount = round(subtotal * customer["rate"], 2)
    tax = round((subtotal - discount) * VAT, 2)
    total = round(subtotal - discount + tax, 2)
    log.info("order %s: %s", event["order_id"], total)

    reservation = reserve(lines)

    return {
        "order_id": event["order_id"],
        "status": "PRICED",
        "customer": customer,
        "subtotal": subtotal,
        "discount": discount,
        "tax": tax,
        "total": total,
        "reservation": reservation,
    }
