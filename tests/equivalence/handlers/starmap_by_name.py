# events: [{"n": 1}]
from itertools import starmap


def load(n):
    return [{"n": n}, {"n": n}]


def mark(n, row):
    row["index"] = n
    return n


def lambda_handler(event, context):
    rows = load(1)
    more = load(2)
    n = sum(starmap(mark, enumerate(rows)))
    return {"rows": rows, "more": more, "n": n}
