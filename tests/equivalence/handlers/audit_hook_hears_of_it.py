# events: [{"n": 1}]
import sys

HEARD = []
sys.addaudithook(lambda name, args: HEARD.append(name))


def load(n):
    return [n]


def lambda_handler(event, context):
    del HEARD[:]
    a = load(1)
    b = load(2)
    c = [*HEARD]
    return {"a": a, "b": b, "c": c}
