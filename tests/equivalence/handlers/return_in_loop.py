# events: [{}, {"data": [0, 1, 2]}]
def lambda_handler(event, context):
    a = [1]
    b = {"n": 0}
    for n in event.get("data", []):
        b["n"] += 1
        if n:
            return {"a": a, "b": b, "c": n}
        a.append(n)
    else:
        a.append("else")
    c = len(a)
    return {"a": a, "b": b, "c": c}
