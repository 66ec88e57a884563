# early: a, b
import os


def lambda_handler(event, context):
    write, os.write = os.write, None
    a = [1]
    b = {"n": repr(os.write)}
    os.write = write
    c = [repr(b)]
    return {"a": a, "b": b, "c": c, "d": [repr(c)]}
