# events: [{}, {"n": 1}]
def lambda_handler(event, context):
    a = [1]
    b = {"n": 1}
    try:
        c = 1 // event["n"]
        return {"a": a, "b": b, "c": c}
    finally:
        return {"a": b, "b": a, "c": None}
