# events: [{"n": 1}]
import json
from unittest import mock


def load(n):
    return [n]


def dumps(value):
    value.append("patched")
    return ""


mock.patch.object(json, "dumps", dumps).start()


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    return {"a": a, "b": b, "c": json.dumps(a)}
