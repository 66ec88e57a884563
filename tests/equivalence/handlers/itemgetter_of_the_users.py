# events: [{"n": 1}]
from operator import itemgetter


def load(n):
    return [{"n": n}, {"n": n}]


def lambda_handler(event, context):
    itemgetter = lambda key: lambda row: row.pop(key)
    rows = load(1)
    more = load(2)
    seen = len(sorted(rows, key=itemgetter("n")))
    return {"rows": rows, "more": more, "seen": seen}
