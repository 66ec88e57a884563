def lambda_handler(event, context):
    a = [1]
    b = {"first": len(a)}
    return {"a": a, "b": b, "c": [1]}


print("about to fail")
raise RuntimeError("at import")
