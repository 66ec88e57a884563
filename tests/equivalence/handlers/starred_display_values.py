# early: c, d, f, g
def lambda_handler(event, context):
    a = [*range(3)]
    b = {**{"x": 1}, "y": [2]}
    return {"a": a, "b": b, "c": [*a, *b], "d": (*a,), "e": {*()} or [], "f": [x for x in a if x], "g": "%s" % a, "h": f"{a!r:>10}"}
