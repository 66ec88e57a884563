# events: [{"data": [1, 2, 3]}, {"data": [1]}, {"data": []}]
PAGES = {}


def query(data):
    response = {"Items": [{"id": n, "tags": [n]} for n in data], "Count": len(data)}
    PAGES["latest"] = response
    return response


def lambda_handler(event, context):
    response = query(event["data"])
    items = response["Items"]
    row = {}
    rows = []
    for n in event["data"]:
        row = {"n": n, "tags": [n]}
        rows.append(row)
    first = sorted(row)
    PAGES["latest"]["Items"].append(first)
    row["late"] = True
    try:
        last = rows[0]["late"]
    except LookupError:
        last = None
    return {"items": items, "rows": rows, "first": first, "last": last}
