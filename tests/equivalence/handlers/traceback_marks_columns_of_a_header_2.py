# events: [{"n": 0}, {"n": 1}]
import traceback


def load(n):
    return [1 / n, 1 // (n - 1)]


def lambda_handler(event, context):
    a = [1]
    if event["n"]:
        a = [2]
    try:
        for x in load(event["n"]):
            print(x)
    except ZeroDivisionError:
        print(traceback.format_exc())
    b = load(3)
    return {"a": a, "b": b}
