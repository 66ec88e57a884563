# events: [{}, {"n": 1}]
def lambda_handler(event, context):
    a = [1, 2]
    b = {"x": 1, "y": [2]}
    alias = b["y"]
    del a[0]
    del b["x"], alias[:]
    del alias
    c = len(a)
    if event:
        del c
    return {"a": a, "b": b, "c": c}
