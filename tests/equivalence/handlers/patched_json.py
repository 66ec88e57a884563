# events: [{"n": 1}]
import json

dumps = json.dumps


def stamped(value):
    value["stamp"] = 1
    return dumps(value)


json.dumps = stamped


def load(n):
    return {"n": n}


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = json.dumps(a)
    return {"a": a, "b": b, "c": c}
