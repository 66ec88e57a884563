# events: [{"n": 1}]
from operator import attrgetter


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    try:
        c = 1 / 0
    except ZeroDivisionError as error:
        c = len(attrgetter("__traceback__.tb_frame.f_locals")(error)["a"].pop(0) * "x")
    return {"a": a, "b": b, "c": c}
