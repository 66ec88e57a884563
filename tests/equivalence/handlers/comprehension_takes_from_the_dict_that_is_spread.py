# events: [{}]
def lambda_handler(event, context):
    g = {"x": 1, "k": 3}
    y = sorted("ba")
    return {"y": y, "a": [g.pop(k) for k in list(g)[1:]], **g}
