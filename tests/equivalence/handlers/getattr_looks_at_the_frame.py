# events: [{"n": 1}]
import sys


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = getattr(getattr(sys, "_getframe")(), "f_locals")["a"]
    c.append(3)
    return {"a": a, "b": b}
