# events: [{}, {"raise": 1}]
import sys


def lambda_handler(event, context):
    limit = getattr(sys, "set_int_max_str_digits", print)
    limit(0 if event else 4300)
    a = [10 ** 5000]
    b = len(a)
    limit(4300 if event else 0)
    c = [b]
    return {"a": a, "b": b, "c": c}
