# events: [{}, {"data": [1, 2]}, {"kind": "x", "n": [1]}]
def lambda_handler(event, context):
    a = [0]
    match event:
        case {"data": [first, *b]}:
            a.append(first)
        case {"kind": kind, **b}:
            pass
        case _ as b:
            b = [b]
    c = {"a": len(a)}
    match c:
        case {"a": 2}:
            return {"a": a, "b": b, "c": c, "d": 0}
        case _:
            c["more"] = repr(c)
    d = [repr(c)]
    return {"a": a, "b": b, "c": c, "d": d}
