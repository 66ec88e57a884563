# events: [{}, {"stop": 1}, {"stop": 2}, {"stop": 3}]
def lambda_handler(event, context):
    x = [0]
    if event.get("stop") == 1:
        return {"x": x, "one": 1, "zero": 0.0, "text": "a"}
    if event.get("stop") == 2:
        return {"x": x, "one": True, "zero": -0.0, "text": b"a"}
    if event.get("stop") == 3:
        return {"x": x, "one": 1.0, "zero": 0, "text": 'a'}
    y = len(x)
    return {"x": x, "one": y, "zero": -0.0, "text": "\x61"}
