# events: [{"n": 1}]
import re


def load(n):
    return [[n]]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = re.findall("x", "xx")
    c += a
    c[-1].append(3)
    return {"a": a, "b": b}
