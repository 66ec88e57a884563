# early: b
import os
import sys


def lambda_handler(event, context):
    kept = os.write, sys.getrefcount, sys.modules.get("marshal")
    os.write, sys.getrefcount = None, lambda value: 3
    a = [1]
    b = {"n": sys.getrefcount(a)}
    c = [b["n"]]
    os.write, sys.getrefcount = kept[:2]
    return {"a": a, "b": b, "c": c}
