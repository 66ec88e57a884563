# events: [{"n": 1}]
import time


def load(n):
    return [n]


def lambda_handler(event, context):
    a = [load(n) for n in range(9)]
    b = load(2)
    c = time.struct_time(a)
    c[0].append(3)
    return {"a": a, "b": b}
