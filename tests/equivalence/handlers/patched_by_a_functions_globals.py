# events: [{}]
def look(rows):
    return len(rows)


def evil(rows):
    rows.append("x")
    return 5


look.__globals__["look"] = evil


def lambda_handler(event, context):
    a = sorted("ba")
    b = look(a)
    c = sorted("dc")
    return {"a": a, "b": b, "c": c}
