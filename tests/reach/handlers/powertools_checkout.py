# events: [{"cart_id": "k-1", "currency": "USD", "items": [{"sku": "A-1", "qty": 2, "unit": 10.0}, {"sku": "B-7", "qty": 1, "unit": 5.5}]}, {"cart_id": "k-2", "items": [{"sku": "C-3", "qty": 3, "unit": 1.0}]}]
# safe: cart_id, subtotal, rate, converted, shipping
# unsafe: stock (computed last)
import os

import boto3
import requests
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger(service="checkout")
tracer = Tracer(service="checkout")
metrics = Metrics(namespace="Shop", service="checkout")

RATES_URL = os.environ.get("RATES_URL", "https://fx.example.com/v1/rates")
inventory = boto3.resource("dynamodb").Table("inventory")


@tracer.capture_method
def fetch_rate(currency: str) -> float:
    if currency == "EUR":
        return 1.0
    response = requests.get(RATES_URL, timeout=3)
    response.raise_for_status()
    return response.json()["rates"][currency]


@tracer.capture_method
def shipping_cost(items: list, subtotal: float) -> float:
    if subtotal > 50:
        return 0.0
    return round(3.9 + 0.5 * sum(i["qty"] for i in items), 2)


@tracer.capture_method
def check_stock(items: list) -> dict:
    stock = {}
    for i in items:
        item = inventory.get_item(Key={"sku": i["sku"]}).get("Item", {})
        stock[i["sku"]] = item.get("on_hand", 0) >= i["qty"]
    return stock


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict, context: LambdaContext) -> dict:
    items = event["items"]
    logger.append_keys(cart_id=event["cart_id"])

    subtotal = round(sum(i["qty"] * i["unit"] for i in items), 2)
    rate = fetch_rate(event.get("currency", "EUR"))
    converted = round(subtotal * rate, 2)
    shipping = shipping_cost(items, subtotal)
    metrics.add_metric(name="CartValue", unit=MetricUnit.NoUnit, value=subtotal)

    stock = check_stock(items)
    if not all(stock.values()):
        logger.warning("not everything is in stock")
        metrics.add_metric(name="OutOfStock", unit=MetricUnit.Count, value=1)

    return {
        "cart_id": event["cart_id"],
        "subtotal": subtotal,
        "rate": rate,
        "converted": converted,
        "shipping": shipping,
        "stock": stock,
    }
