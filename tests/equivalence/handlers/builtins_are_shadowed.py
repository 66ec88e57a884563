# early: a, b
import json


def tuple(*args):
    raise RuntimeError("not that tuple")


def len(value):
    return "shadowed"


json.dumps = repr = None


def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    c = (a[0], [b["n"]])
    return {"a": a, "b": b, "c": c, "d": [len(c)]}
