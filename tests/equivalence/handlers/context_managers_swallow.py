# events: [{}, {"x": 1}]
import contextlib


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        print("quiet", kind and kind.__name__)
        if kind is None:
            return None
        return kind is ValueError


def quiet():
    try:
        yield
    except ValueError:
        print("quiet")


def lambda_handler(event, context):
    with Quiet():
        a = f()
        with quiet():
            b = g()
            boom()
            return {"a": a, "b": b, "c": h()}
    return {"nothing": 1}
