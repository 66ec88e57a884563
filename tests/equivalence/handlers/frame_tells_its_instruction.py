# events: [{"n": 1}]
import traceback


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    try:
        c = 1 / 0
    except ZeroDivisionError as error:
        c = [frame.f_lasti for frame, line in traceback.walk_tb(error.__traceback__)]
    return {"a": a, "b": b, "c": c}
