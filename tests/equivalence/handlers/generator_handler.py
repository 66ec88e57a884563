def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    yield a
    return {"a": a, "b": b, "c": sum(a)}
