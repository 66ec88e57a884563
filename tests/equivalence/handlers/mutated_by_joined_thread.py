import threading


def lambda_handler(event, context):
    a = [0]
    thread = threading.Thread(target=a.append, args=(1,))
    b = {"name": "b"}
    thread.start()
    thread.join()
    c = len(a)
    return {"a": a, "b": b, "c": c}
