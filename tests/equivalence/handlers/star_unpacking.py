# early: rest
# events: [{}, {"data": [1, 2, 3, 4]}]
def lambda_handler(event, context):
    first, *rest = event.get("data") or [0, [1]]
    (a, [b, *c]), d = ([0], (1, *rest)), {"d": rest[-1]}
    [e, f] = g = [a, c]
    h, = [[g]]
    return {"first": first, "rest": rest, "a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "h": h}
