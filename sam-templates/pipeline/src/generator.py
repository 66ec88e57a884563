"""Makes five series of hourly weather readings."""

import math

from pace import work


def series(seed, base, swing, hours):
    work()
    return [
        round(base + swing * math.sin((hour + seed) / 3.8) + (hour * 7 + seed) % 5 / 10, 2)
        for hour in range(hours)
    ]


def lambda_handler(event, context):
    hours = event.get("hours", 48)
    seed = event.get("seed", 1)
    temperature = series(seed, 14.0, 6.0, hours)
    humidity = series(seed + 1, 60.0, 15.0, hours)
    pressure = series(seed + 2, 1013.0, 8.0, hours)
    wind = series(seed + 3, 5.0, 4.0, hours)
    sunshine = series(seed + 4, 30.0, 25.0, hours)
    return {
        "temperature": temperature,
        "humidity": humidity,
        "pressure": pressure,
        "wind": wind,
        "sunshine": sunshine,
    }
