# events: [{"warehouse": "BER", "counts": {"A-1": 10, "B-7": 80, "X-9": 3}}, {"warehouse": "AMS", "counts": {}}]
# safe: warehouse, differences, unknown, reorder
# unsafe: checked (computed last), written (computed last)
import logging

import boto3

logger = logging.getLogger()
table = boto3.resource("dynamodb").Table("inventory")


def load_stock():
    return {item["sku"]: item for item in table.scan()["Items"]}


def lambda_handler(event, context):
    counts = event["counts"]
    stock = load_stock()

    differences = {}
    unknown = []
    for sku, counted in sorted(counts.items()):
        if sku not in stock:
            unknown.append(sku)
        elif stock[sku]["on_hand"] != counted:
            differences[sku] = counted - stock[sku]["on_hand"]

    reorder = sorted(sku for sku, item in stock.items() if counts.get(sku, item["on_hand"]) < item["reorder_at"])

    if unknown:
        logger.warning("unknown skus: %s", ", ".join(unknown))

    written = 0
    with table.batch_writer() as batch:
        for sku, delta in differences.items():
            batch.put_item(Item={**stock[sku], "on_hand": stock[sku]["on_hand"] + delta})
            written += 1

    return {
        "warehouse": event["warehouse"],
        "checked": len(counts),
        "differences": differences,
        "unknown": unknown,
        "reorder": reorder,
        "written": written,
    }
