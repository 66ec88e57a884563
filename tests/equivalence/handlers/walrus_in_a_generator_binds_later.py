# events: [{"xs": [1, 2, 3]}]
def lambda_handler(event, context):
    squares = ((last := x) * x for x in event["xs"])
    last = 0
    b = sorted("ba")
    total = sum(squares)
    c = sorted("cd")
    return {"last": last, "b": b, "total": total, "c": c}
