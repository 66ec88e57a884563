# events: [{}, {"n": 1}]
def lambda_handler(event, context):
    if event:
        a = [1]
    b = {"n": 1}
    c = [b["n"]]
    return {"b": b, "c": c, "a": a}
