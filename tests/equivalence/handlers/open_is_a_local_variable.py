# events: [{}, {"open": 1}]
from contextlib import suppress as quiet


def load(n):
    if n == 2:
        raise ValueError
    return {"n": n}


def lambda_handler(event, context):
    open = quiet
    a = load(1)
    with open(ValueError):
        b = load(2)
        return {"a": a, "b": b}
    return {"a": "failed", "b": None}
