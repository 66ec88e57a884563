def lambda_handler(event, context):
    a = [1]
    for b in a: pass
    import math as c
    from math import floor as d
    def e(): return 1
    class f: pass
    return {"a": a, "b": b, "c": c.pi, "d": d(1.5), "e": e(), "f": f.__name__, "g": len(event)}
