# events: [{"n": 3}]
def lambda_handler(event, context):
    item = {"pk": "u", "name": event["n"], "tags": sorted("ab")}
    out = {"q": 1}
    out.update(item, id=item.pop("pk"))
    z = sorted("z")
    out["z"] = z
    y = sorted("z")
    return out
