# events: [{}, {"fail": 1}]
import sys

CALLS = []


def retrying(function):
    def wrapper(event, context):
        for _ in range(3):
            try:
                return function(event, context)
            except ZeroDivisionError:
                CALLS.append(event)
        return None

    return wrapper


def lambda_handler(event, context):
    a = [len(CALLS)]
    b = {"n": 1 / (len(CALLS) % 2 or not event)}
    c = [b["n"]]
    return {"a": a, "b": b, "c": c}


setattr(sys.modules[__name__], "lambda_handler", retrying(lambda_handler))
