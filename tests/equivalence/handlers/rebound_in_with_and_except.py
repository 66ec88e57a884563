# events: [{}, {"data": 1}]
import contextlib


@contextlib.contextmanager
def opened(value):
    yield value
    value.append("closed")


def lambda_handler(event, context):
    a = ["first"]
    with opened(["second"]) as a:
        a.append("inside")
    b = a
    try:
        b = len(event["data"])
    except (KeyError, TypeError) as error:
        b = repr(error)
    else:
        b = -b
    with contextlib.suppress(ZeroDivisionError):
        c = [1]
        c = [1 / 0]
    return {"a": a, "b": b, "c": c}
