# events: [{}, {"swap": 1}]
def lambda_handler(event, context):
    a = [1]
    b = {"set": {1}} if event else [object]
    c = [b"\xff"]
    d = len(a)
    return {"a": a, "d": d, "c": c, "b": b}
