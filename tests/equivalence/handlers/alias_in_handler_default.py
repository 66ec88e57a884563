def lambda_handler(event, context, seen=[]):
    a = seen
    b = {"n": len(seen)}
    seen.append(1)
    c = list(seen)
    return {"a": a, "b": b, "c": c}
