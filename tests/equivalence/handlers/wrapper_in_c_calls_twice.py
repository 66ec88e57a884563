# caught
# events: [[1, 2], [1]]
import functools
import sys


def lambda_handler(event, context):
    a = [context]
    b = {"n": 1}
    c = [2]
    return {"a": a, "b": b, "c": c}


setattr(sys.modules[__name__], "lambda_handler", functools.partial(functools.reduce, lambda_handler))
