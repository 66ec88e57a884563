# events: [{}, {"n": 1}, {"n": 0}]
import sys


def lambda_handler(event, context):
    a = [1]
    b = {"n": event.get("n")}
    if b["n"]:
        sys.exit(b["n"])
    c = len(a)
    return {"a": a, "b": b, "c": c}
