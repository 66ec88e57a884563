# events: [{"rows": [1, [2]], "n": 1}, {"rows": []}]
def lambda_handler(event, context):
    a = event["rows"]
    b = list(event["rows"])
    event["rows"].append("late")
    c = {"n": event.get("n"), "rows": event["rows"][:]}
    return {"a": a, "b": b, "c": c}
