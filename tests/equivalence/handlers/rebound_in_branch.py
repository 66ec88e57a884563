# events: [{}, {"n": 1}, {"n": 2}]
def lambda_handler(event, context):
    a = [1]
    b = "b"
    if event.get("n") == 1:
        a = [2]
    elif event.get("n"):
        b = {"b": b}
    else:
        pass
    c = len(a)
    a = a if c else None
    return {"a": a, "b": b, "c": c}
