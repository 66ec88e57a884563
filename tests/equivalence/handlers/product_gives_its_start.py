# events: [{"n": 1}]
import math


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = math.prod([], start=a)
    c.append(3)
    return {"a": a, "b": b}
