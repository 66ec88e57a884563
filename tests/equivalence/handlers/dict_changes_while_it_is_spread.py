# events: [{"n": 3}]
def lambda_handler(event, context):
    item = {"pk": "u", "name": event["n"], "tags": sorted("ab")}
    out = {"id": item.pop("pk"), **item}
    z = sorted("z")
    out["z"] = z
    y = sorted("z")
    return out
