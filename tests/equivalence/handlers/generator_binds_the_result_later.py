# events: [{"data": [1, 5, 9]}]
def lambda_handler(event, context):
    g = ((r := {"k": x, "l": 3}) for x in event["data"])
    r = {"k": len(event), "l": 6}
    n = sorted("cd")
    rows = list(g)[:0]
    r["n"] = n
    m = sorted("xy")
    return r
