# events: [{}, {"n": 1}]
def lambda_handler(event, context):
    a = [1]
    b = {"b": a[0]}
    if event:
        c = sum(a)
        return {"a": a, "b": b, "c": c}
