# early: a
def lambda_handler(event, context): return {"a": [1], "b": {"n": len(event)}, "c": [1 / (len(event) - 1)]}
