# events: [{"n": 1}]
from functools import reduce


def load(n):
    return [{"n": i} for i in range(n)]


def merge(one, other):
    other["sum"] = one["n"] + other["n"]
    return other


def lambda_handler(event, context):
    rows = load(3)
    last = reduce(merge, rows)["sum"]
    return {"rows": rows, "last": last}
