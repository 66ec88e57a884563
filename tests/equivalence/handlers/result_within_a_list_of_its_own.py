# events: [{"n": 1}]
def lambda_handler(event, context):
    a = str(event["n"])
    box = []
    out = {"a": a, "me": box}
    box.append(out)
    out["me"][0]["a"] = "another"
    out["me"] = None
    return out
