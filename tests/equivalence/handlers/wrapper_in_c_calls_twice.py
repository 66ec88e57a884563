# caught
# events: [[1, 2], [3, 4]]
import functools
import sys


def lambda_handler(event, context):
    a = [context]
    b = {"n": repr(context)}
    c = [repr(b)]
    d = [repr(c)]
    return {"a": a, "b": b, "c": c, "d": d}


setattr(sys.modules[__name__], "lambda_handler", functools.partial(functools.reduce, getattr(sys.modules[__name__], "lambda_handler")))
