# events: [{"n": 1}]
def load(n):
    return [{"n": n}, {"n": n}]


def lambda_handler(event, context):
    rows = load(1)
    more = load(2)
    marks = [lambda: row.update(seen=True) for row in rows]
    for mark in marks:
        mark()
    return {"rows": rows, "more": more}
