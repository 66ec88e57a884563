# events: [{"rows": [1, [2]], "n": 1}, {"rows": []}]
# early: a
def lambda_handler(event, context):
    a = event.pop("rows")
    b = [event.get("n")]
    c = sorted(event)
    return {"a": a, "b": b, "c": c}
