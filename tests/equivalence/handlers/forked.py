# early: a
import os


def lambda_handler(event, context):
    child = os.fork()
    a = ["parent" if child else "child"]
    if not child:
        b = {"child": a[0]}
        os._exit(3)
    b = {"status": os.waitpid(child, 0)[1]}
    c = [b["status"]]
    return {"a": a, "b": b, "c": c}
