# events: [{"city": "Berlin"}, {"city": "Hamburg", "unit": "F"}]
# safe: city, location, temperature, rain_mm
# unsafe: advice (computed last)
import logging
import os

import requests

logger = logging.getLogger()
API = os.environ.get("WEATHER_API", "https://weather.example.com/v1")


def lookup(city):
    features = requests.get(f"{API}/search", params={"q": city}, timeout=5).json()["features"]
    return {"lat": features[0]["lat"], "lon": features[0]["lon"]}


def forecast(location):
    response = requests.get(f"{API}/forecast", params=location, timeout=5)
    response.raise_for_status()
    return response.json()["hourly"]


def to_unit(celsius, unit):
    return celsius if unit == "C" else round(celsius * 9 / 5 + 32, 1)


def advise(hourly):
    tips = []
    if sum(hourly["rain"]) > 1:
        tips.append("take an umbrella")
    if max(hourly["temperature"]) > 25:
        tips.append("drink water")
    return ", ".join(tips) or "nothing special"


def build_report(city, unit):
    location = lookup(city)
    hourly = forecast(location)
    temperature = {
        "min": to_unit(min(hourly["temperature"]), unit),
        "max": to_unit(max(hourly["temperature"]), unit),
    }
    rain_mm = round(sum(hourly["rain"]), 1)
    return {
        "city": city,
        "location": location,
        "temperature": temperature,
        "rain_mm": rain_mm,
        "advice": advise(hourly),
    }


def lambda_handler(event, context):
    city = event["city"]
    logger.info("report for %s", city)
    return build_report(city, event.get("unit", "C"))
