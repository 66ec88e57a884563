import sys


def depth(n):
    return depth(n + 1) if n < 100 else n


def lambda_handler(event, context):
    a = [depth(0)]
    try:
        b = {"n": lambda_handler(event, context)}
    except RecursionError as error:
        b = {"error": str(error)[:32]}
    c = len(a)
    return {"a": a, "b": list(b), "c": c}
