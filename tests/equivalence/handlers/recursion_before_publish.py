# events: [{"n": 3}, {"n": 0}, {}]
def lambda_handler(event, context):
    n = event.get("n", 1)
    b = lambda_handler({"n": n - 1}, context)["a"] if n > 0 else []
    a = [n] + b
    c = len(a)
    return {"a": a, "b": b, "c": c, "n": n}
