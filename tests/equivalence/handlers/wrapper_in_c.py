import functools
import sys


def lambda_handler(first, event, context):
    a = [first]
    b = {"n": first}
    c = [b["n"]]
    return {"a": a, "b": b, "c": c}


setattr(sys.modules[__name__], "lambda_handler", functools.partial(lambda_handler, "first"))
