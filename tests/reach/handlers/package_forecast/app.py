# events: [{"sku": "A-1", "history": [10, 12, 9, 14, 13, 15, 11, 16]}, {"sku": "B-7", "history": [0, 0, 1, 0]}]
# safe: sku, level, trend, forecast, accuracy
# unsafe: order_quantity (computed last)
"""Demand forecast: simple, Holt, and what to order."""
import logging

from forecasting import metrics, smoothing
from forecasting.orders import order_quantity

logging.getLogger().setLevel(logging.INFO)


def lambda_handler(event, context):
    history = event["history"]
    horizon = event.get("horizon", 3)

    level = smoothing.exponential(history, alpha=0.4)
    trend = smoothing.holt_trend(history, alpha=0.4, beta=0.2)
    forecast = [round(level + trend * (i + 1), 2) for i in range(horizon)]
    accuracy = metrics.backtest(history, smoothing.exponential)
    logging.info("sku=%s mape=%s", event["sku"], accuracy["mape"])
    quantity = order_quantity(forecast, history)

    result = {
        "sku": event["sku"],
        "level": level,
        "trend": trend,
        "forecast": forecast,
        "accuracy": accuracy,
        "order_quantity": quantity,
    }
    return result
