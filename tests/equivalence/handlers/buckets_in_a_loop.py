# events: [{"n": 1}]
def load(n):
    return [{"n": n}]


def lambda_handler(event, context):
    rows = load(1)
    more = load(2)
    buckets = {"new": [], "old": []}
    for bucket in buckets.values():
        bucket += rows
    for row in buckets["new"]:
        row["seen"] = True
    return {"rows": rows, "more": more}
