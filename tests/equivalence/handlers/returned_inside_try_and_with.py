# events: [{"n": 1}, {"n": 2}]
import threading

lock = threading.Lock()


def work(event):
    a = f()
    print("a")
    return {"a": a, "b": g()}


def lambda_handler(event, context):
    try:
        with lock:
            return work(event)
    finally:
        if event["n"] == 2:
            return {"other": 1}
