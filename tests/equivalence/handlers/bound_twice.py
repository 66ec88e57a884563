def lambda_handler(event, context):
    a = [1]
    b = {"first": len(a)}
    return {"a": a, "b": b, "c": [1]}


first = lambda_handler


def lambda_handler(event, context):
    a = [2]
    b = first(event, context)
    return {"a": a, "b": b, "c": [1]}
