"""Puts each description into words and logs the report."""

import json

from pace import work


def sentence(name, facts):
    work()
    direction = "rising" if facts["trend"] > 0 else "falling"
    return f"{name} between {facts['low']} and {facts['high']}, {facts['mean']} on average, {direction}"


def lambda_handler(event, context):
    temperature = sentence("temperature", event["temperature"])
    humidity = sentence("humidity", event["humidity"])
    pressure = sentence("pressure", event["pressure"])
    wind = sentence("wind", event["wind"])
    sunshine = sentence("sunshine", event["sunshine"])
    report = {
        "temperature": temperature,
        "humidity": humidity,
        "pressure": pressure,
        "wind": wind,
        "sunshine": sunshine,
    }
    print("REPORT " + json.dumps(report))
    return report
