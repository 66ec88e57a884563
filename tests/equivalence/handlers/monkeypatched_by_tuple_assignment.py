# events: [{"n": 1}]
import json


def load(n):
    return [n]


def dumps(value):
    value.append("patched")
    return ""


json.dumps, original = dumps, json.dumps


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    return {"a": a, "b": b, "c": json.dumps(a)}
