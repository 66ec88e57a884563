# events: [{"way": 0}, {"way": 1}, {"way": 2}, {"way": 3}]
def lambda_handler(event, context):
    r = {"k": len(event), "a": 1}
    y = sorted("ba")
    r["y"] = y
    if event["way"] == 1:
        r["a"] = (r := {"k": len(event), "a": 0})["k"]
    z = sorted("cd")
    r["z"] = z
    w = sorted("w")
    return r
