def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    c = [1]
    return {"a": a, "b": b, "__unum" "__": {"v": 1}, "c": c}
