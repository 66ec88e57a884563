def lambda_handler(event, context):
    a = [1]
    b = {"a": a}
    n = len(b)
    c = [n]
    return {"a": a, "again": a, "b": b, "n": n, "m": n, "c": c, "d": [a, b]}
