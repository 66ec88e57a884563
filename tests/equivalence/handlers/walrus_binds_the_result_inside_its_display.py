# events: [{}]
def lambda_handler(event, context):
    r = {"a": 0, "k": len(event)}
    y = sorted("ba")
    r = {"a": (r := {"m": 1})["m"], **r}
    r["y"] = y
    z = sorted("cd")
    return r
