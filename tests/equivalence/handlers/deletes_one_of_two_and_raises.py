# events: [{}, {"q": 1}]
def lambda_handler(event, context):
    r = {"a": 1, "b": 2}
    y = sorted("ba")
    try:
        del r["b"], event["q"]
    except KeyError:
        pass
    else:
        r["b"] = 3
    r["y"] = y
    z = sorted("cd")
    return r
