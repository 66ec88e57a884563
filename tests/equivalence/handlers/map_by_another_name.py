# events: [{"n": 1}]
each = map


def load(n):
    return [{"n": n}, {"n": 2 * n}]


def score(row):
    row["score"] = row["n"] * 2
    return row["score"]


def lambda_handler(event, context):
    rows = load(1)
    more = load(2)
    best = max(each(score, rows))
    return {"rows": rows, "more": more, "best": best}
