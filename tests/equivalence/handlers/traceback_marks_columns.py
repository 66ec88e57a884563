# events: [{"n": 0}]
import logging
import traceback


def load(n):
    return [1 / n]


def lambda_handler(event, context):
    a = [event["n"]]
    try:
        return {"a": a + [2], "b": load(event["n"])}
    except ZeroDivisionError:
        print(traceback.format_exc())
        raise
