# events: [{"n": 1}]
from builtins import locals as names


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    names()["a"].append("seen")
    c = load(3)
    return {"a": a, "b": b, "c": c}
