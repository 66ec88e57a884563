"""Smooths each series with a moving average."""

from pace import work


def smooth(values, window=5):
    work()
    return [round(sum(values[i : i + window]) / window, 3) for i in range(len(values) - window + 1)]


def lambda_handler(event, context):
    temperature = smooth(event["temperature"])
    humidity = smooth(event["humidity"])
    pressure = smooth(event["pressure"])
    wind = smooth(event["wind"])
    sunshine = smooth(event["sunshine"])
    return {
        "temperature": temperature,
        "humidity": humidity,
        "pressure": pressure,
        "wind": wind,
        "sunshine": sunshine,
    }
