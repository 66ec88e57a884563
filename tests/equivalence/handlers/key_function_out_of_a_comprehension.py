# events: [{"n": 1}]
def load(n):
    return [{"n": n}]


def mark(row):
    row["seen"] = True
    return 1


def lambda_handler(event, context):
    rows = load(1)
    more = load(2)
    keys = [mark for _ in range(1)]
    key = keys[0]
    n = len(sorted(rows, key=key))
    return {"rows": rows, "more": more, "n": n}
