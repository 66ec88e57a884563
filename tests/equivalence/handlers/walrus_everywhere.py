# events: [{}, {"n": 3}]
def lambda_handler(event, context):
    a = [n := event.get("n", 1), n + 1]
    if (b := {"n": n})["n"] > 2:
        b["big"] = (n := 0)
    c = [m for k in range(3) if (m := k)]
    return {"a": a, "b": b, "c": c, "m": m, "n": n, "d": (e := [5]), "e": e, "f": e.append(6)}
