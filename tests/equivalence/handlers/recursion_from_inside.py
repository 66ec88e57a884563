# events: [{"n": 3}, {"n": 0}, {}]
def lambda_handler(event, context):
    a = [event.get("n", 1)]
    b = lambda_handler({"n": a[0] - 1}, context) if a[0] > 0 else {}
    print("depth", a[0])
    c = {"n": len(b)}
    return {"a": a, "b": b, "c": c}
