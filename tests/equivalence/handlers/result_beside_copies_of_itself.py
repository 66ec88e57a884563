# events: [{"n": 1}]
# early: a
def lambda_handler(event, context):
    a = str(event["n"])
    out = {"a": a, "b": [2]}
    out["copy"] = dict(out)
    out.update(count=len(out), **{"text": str(out)})
    out["last"] = {**out}
    out["c"] = str(event)
    return out
