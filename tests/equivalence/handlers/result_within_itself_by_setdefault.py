# events: [{"n": 1}]
def lambda_handler(event, context):
    a = str(event["n"])
    out = {"a": a, "b": [2]}
    out.setdefault("me", (out,))
    found = out["me"][0]
    found["a"] = "another"
    del found["b"]
    out["me"] = None
    return out
