def lambda_handler(*args, **kwargs):
    a = list(args[:1])
    b = {"n": len(args), "k": kwargs}
    args = ["rebound"]
    c = [len(args)]
    return {"a": a, "b": b, "args": args, "c": c}
