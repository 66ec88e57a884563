# events: [{"n": 3}]
def lambda_handler(event, context):
    r = {"rows": sorted("ab"), "log": []}
    y = sorted("zy")
    r["log"] += [r["rows"]]
    r["log"][0].append("late")
    z = sorted("z")
    r["z"] = z
    w = sorted("w")
    return r
