# events: [{"n": 1}]
from itertools import groupby


def load(n):
    return [{"n": i} for i in range(n)]


def kind(row):
    return row.setdefault("kind", row["n"] % 2)


def lambda_handler(event, context):
    rows = load(3)
    groups = len(list(groupby(rows, kind)))
    return {"rows": rows, "groups": groups}
