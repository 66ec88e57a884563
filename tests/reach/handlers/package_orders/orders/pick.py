import boto3

inventory = boto3.resource("dynamodb").Table("inventory")


def location(order):
    sku = order["lines"][0]["sku"]
    return inventory.get_item(Key={"sku": sku})["Item"]["warehouse"]
