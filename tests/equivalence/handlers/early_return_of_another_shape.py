# events: [{}, {"stop": 1}, {"stop": 2}, {"stop": 3}, {"stop": 4}]
def lambda_handler(event, context):
    stop = event.get("stop", 0)
    a = [stop]
    if stop == 1:
        return {"error": "stopped", "a": a}
    b = {"n": stop}
    if stop == 2:
        return None
    if stop == 3:
        return [a, b]
    if stop == 4:
        return {"b": b, "a": a, "c": 1}
    c = sum(a)
    d = [c]
    return {"a": a, "b": b, "c": c, "d": d}
