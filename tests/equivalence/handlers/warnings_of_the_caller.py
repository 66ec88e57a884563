import warnings


def lambda_handler(event, context):
    a = [1]
    warnings.warn("of the handler")
    warnings.warn("of its caller", stacklevel=2)
    b = {"n": len(a)}
    return {"a": a, "b": b, "c": [1]}
