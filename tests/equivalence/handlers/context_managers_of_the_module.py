# early: a, b
# events: [{}, {"x": 1}]
import contextlib


class Timer:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("begin", self.name)
        return self

    def __exit__(self, kind, error, trace):
        print("end", self.name, kind and kind.__name__)


@contextlib.contextmanager
def timed(name):
    print("begin", name)
    try:
        yield name
    except ValueError as error:
        print(error)
        raise
    finally:
        print("end", name)


def lambda_handler(event, context):
    with Timer("one") as timer, timed("two") as name:
        a = f()
        print(timer.name, name)
        b = g()
        boom()
        return {"a": a, "b": b, "c": h()}
