import os


def lambda_handler(event, context):
    child = os.fork()
    a = ["parent" if child else "child"]
    b = {"status": os.waitpid(child, 0)[1] if child else None}
    c = [b["status"]]
    return {"a": a, "b": b, "c": c}
