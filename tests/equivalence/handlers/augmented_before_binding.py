def lambda_handler(event, context):
    b = [1]
    a += [2]
    c = [3]
    return {"a": a, "b": b, "c": c}
