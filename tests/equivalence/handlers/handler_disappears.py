def lambda_handler(event, context):
    a = [1]
    b = {"first": len(a)}
    return {"a": a, "b": b, "c": [1]}


del lambda_handler
