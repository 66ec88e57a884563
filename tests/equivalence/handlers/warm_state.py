STATE = {"calls": 0, "rows": []}


def remember(rows):
    STATE["rows"], before = rows, STATE["rows"]
    before.append("changed the next time")
    return before


def lambda_handler(event, context):
    STATE["calls"] += 1
    a = [STATE["calls"]]
    b = remember([a[0], "fresh"])
    c = {"calls": STATE["calls"]}
    d = STATE["rows"]
    return {"a": a, "b": b, "c": c, "d": d, "n": len(d)}
