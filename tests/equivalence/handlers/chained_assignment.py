def lambda_handler(event, context):
    a = b = []
    c = d = (1, 2)
    n = len(c)
    b.append(n)
    e = [a, b]
    return {"a": a, "b": b, "c": c, "d": d, "n": n, "e": e}
