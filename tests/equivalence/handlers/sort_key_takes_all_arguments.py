# events: [{"n": 1}]
def load(n):
    return [{"n": i} for i in range(n)]


def lambda_handler(event, context):
    rows = load(3)
    order = [row["n"] for row in sorted(rows, key=lambda *row: row[0].pop("n"))] if not rows else sorted(rows, key=lambda *row: row[0].setdefault("key", 1))
    return {"rows": rows, "n": len(order)}
