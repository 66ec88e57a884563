"""Describes each series: range, mean and trend."""

from pace import work


def describe(values):
    work()
    half = len(values) // 2
    early, late = values[:half], values[half:]
    return {
        "low": min(values),
        "high": max(values),
        "mean": round(sum(values) / len(values), 3),
        "trend": round(sum(late) / len(late) - sum(early) / len(early), 3),
    }


def lambda_handler(event, context):
    temperature = describe(event["temperature"])
    humidity = describe(event["humidity"])
    pressure = describe(event["pressure"])
    wind = describe(event["wind"])
    sunshine = describe(event["sunshine"])
    return {
        "temperature": temperature,
        "humidity": humidity,
        "pressure": pressure,
        "wind": wind,
        "sunshine": sunshine,
    }
