def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    c = [len(b)]
    return {"a": a, "b": b, "half": "\ud800", "replaced": "\ufffd", "c": c}
