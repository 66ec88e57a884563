# caught
import sys


def change():
    frame = getattr(sys, "_get" + "frame")(1)
    getattr(frame, "f_lo" + "cals")["a"].append("changed")
    return 1


def lambda_handler(event, context):
    a = [1]
    b = {"n": change()}
    c = [2]
    return {"a": a, "b": b, "c": c}
