def lambda_handler(event, context):
    row = [0]
    a = [row] * 3
    del row
    b = {"n": len(a)}
    b["m"] = a[0].append("through one, seen in all")
    c = [len(a[2])]
    return {"a": a, "b": b, "c": c}
