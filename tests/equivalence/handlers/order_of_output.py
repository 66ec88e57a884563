# early: a
import sys


def lambda_handler(event, context):
    print("first", end=" ")
    a = [print("second")]
    sys.stderr.write("to stderr\n")
    b = {"n": print("third", flush=True)}
    sys.stdout.write("fourth\r\nfifth")
    return {"a": a, "b": b, "c": [print("sixth")], "d": print("seventh")}
