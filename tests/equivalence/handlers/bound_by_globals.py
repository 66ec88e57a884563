def lambda_handler(event, context):
    a = [1]
    b = {"first": len(a)}
    return {"a": a, "b": b, "c": [1]}


def another(event, context):
    return {"a": another.__name__, "inner": inner(event, context)}


inner = lambda_handler
globals()["lambda_handler"] = another
