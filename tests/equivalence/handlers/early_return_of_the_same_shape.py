# events: [{}, {"stop": 1}]
# early: a, v
def lambda_handler(event, context):
    a = (1, "immutable")
    b = None
    if event.get("stop"):
        return {"a": a, "b": b, "kind": "stopped", "v": 1}
    b = sum(a)
    c = [b]
    return {"a": a, "b": c, "kind": "whole", "v": 1}
