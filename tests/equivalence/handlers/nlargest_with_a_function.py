# events: [{"n": 1}]
import heapq


def load(n):
    return [{"n": n}, {"n": 2 * n}]


def score(row):
    row["score"] = row["n"] * 2
    return row["score"]


def lambda_handler(event, context):
    rows = load(1)
    more = load(2)
    best = heapq.nlargest(1, rows, score)[0]["n"]
    return {"rows": rows, "more": more, "best": best}
