# early: a, n
# events: [{}, {"n": 3}]
import functools

CONFIG = {"factor": 2}


def handle(factor, event, context, *, config=None):
    a = f()
    print("a")
    b = [factor, config["factor"]]
    return {"a": a, "n": event.get("n"), "b": b, "c": g()}


lambda_handler = functools.partial(handle, 3, config=CONFIG)
