def lambda_handler(event, context):
    a = [1]
    same = a
    a += [2]
    b = (1,)
    b += (2,)
    c = {"n": 1}
    c["n"] += 1
    c |= {"m": 1} if hasattr(c, "__or__") else {}
    d = 1
    d <<= 3
    e = "t"
    e *= d
    same += [3]
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "n": len(same)}
