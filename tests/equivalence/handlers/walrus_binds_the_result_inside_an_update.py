# events: [{}]
def lambda_handler(event, context):
    r = {"k": len(event), "a": 1}
    y = sorted("ba")
    r.update(a=(r := {"q": len(event)})["q"])
    r["y"] = y
    z = sorted("cd")
    return r
