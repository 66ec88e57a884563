# events: [{"n": 1}]
def load(n):
    return [{"n": i} for i in range(n)]


def lambda_handler(event, context):
    rows = load(3)
    buckets = {"new": [], "old": []}
    bucket = buckets["new"]
    bucket += rows
    for row in buckets["new"]:
        row["seen"] = True
    return {"rows": rows, "done": len(bucket)}
