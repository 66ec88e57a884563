# events: [{"n": 1}, {"n": 2}]
import contextlib


def work(event):
    a = f()
    print("a")
    boom()
    return {"a": a, "b": g()}


def lambda_handler(event, context):
    with contextlib.suppress(ValueError):
        return work(event)
    return {"other": 1}
