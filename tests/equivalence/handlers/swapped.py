def lambda_handler(event, context):
    a = [1]
    b = [2]
    a, b = b, a
    c = [len(a)]
    a[0], b[0] = b[0], c
    return {"a": a, "b": b, "c": c}
