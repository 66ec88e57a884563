# events: [{}, {"a": "from the event", "z": 1}]
def lambda_handler(event, context):
    a = [1]
    base = {"a": a, "b": 2}
    c = {"n": len(base)}
    return {**base, "c": c, **event, "last": [1]}
