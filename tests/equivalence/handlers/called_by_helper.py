def again(event):
    return lambda_handler(event, None)["a"]


def lambda_handler(event, context):
    a = [1] if context is None else ["outer"]
    b = again(event) if context is not None else 0
    c = {"n": len(a)}
    return {"a": a, "b": b, "c": c}
