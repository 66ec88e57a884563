# events: [{"sku": "A-1", "quantity": 5}, {"sku": "C-3", "quantity": 1}, {"sku": "Z-0", "quantity": 1}]
# safe: sku, available, warehouse
# unsafe: eta_days (computed last), alternatives (computed last)
import boto3

table = boto3.resource("dynamodb").Table("inventory")
DISTANCE = {"BER": 1, "AMS": 2}


def find_alternatives(sku):
    items = table.scan()["Items"]
    return [i["sku"] for i in items if i["sku"] != sku and i["on_hand"] > 0]


def estimate_eta(warehouse, available):
    base = DISTANCE.get(warehouse, 7)
    return base if available else base + 14


def lambda_handler(event, context):
    sku = event["sku"]
    item = table.get_item(Key={"sku": sku}).get("Item")

    if item is None:
        available = False
        warehouse = None
    else:
        available = item["on_hand"] >= event["quantity"]
        warehouse = item["warehouse"]

    if available:
        return {
            "sku": sku,
            "available": available,
            "warehouse": warehouse,
            "eta_days": estimate_eta(warehouse, True),
            "alternatives": [],
        }

    return {
        "sku": sku,
        "available": available,
        "warehouse": warehouse,
        "eta_days": estimate_eta(warehouse, False),
        "alternatives": find_alternatives(sku),
    }
