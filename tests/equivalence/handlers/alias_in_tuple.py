def lambda_handler(event, context):
    inner = []
    a = (1, inner)
    b = [len(a)]
    inner.append("in the tuple")
    c = {"n": len(inner)}
    return {"a": a, "b": b, "c": c}
