# early: a
# events: [{}, {"n": 1}]
import threading

lock = threading.Lock()


class Timer:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("begin", self.name)
        return self

    def __exit__(self, *error):
        print("end", self.name)


def work(event, *, name):
    print("work", name)
    a = f()
    print("a")
    b = [event.get("n")]
    if event.get("n"):
        boom()
    return {"a": a, "b": b, "c": g()}


def lambda_handler(event, context):
    with lock, Timer("one") as timer:
        with Timer("two"):
            return work(event, name=timer.name)
