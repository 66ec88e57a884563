# events: [{"data": [1, 2, 3]}, {"data": [1]}, {"data": []}]
# early: items, rows
def query(data):
    return {"Items": [{"id": n, "tags": [n]} for n in data], "Count": len(data), "Page": {"next": None}}


def summarise(rows):
    return {"count": len(rows), "first": [row["n"] for row in rows[:1]]}


def lambda_handler(event, context):
    response = query(event["data"])
    items = response["Items"]
    rows = []
    for n in event["data"]:
        tags = [n]
        row = {"n": n, "tags": tags}
        rows.append(row)
    summary = summarise(rows)
    return {"items": items, "rows": rows, "summary": summary, "last": str(summary)}
