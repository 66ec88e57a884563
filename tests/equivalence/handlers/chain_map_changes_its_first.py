# events: [{"n": 1}]
from collections import ChainMap


def load(n):
    return {"n": n}


def lambda_handler(event, context):
    settings = load(1)
    other = load(2)
    merged = ChainMap(settings, {"x": 1})
    merged["y"] = 2
    return {"settings": settings, "other": other, "n": len(merged)}
