# early: a
def lambda_handler(event, context): a = [1]; b = {"n": len(a)}; c = [b["n"]]; return {"a": a, "b": b, "c": c, "d": 1 / (len(event) - 1)}
