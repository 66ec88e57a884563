# events: [{"n": 3}]
def lambda_handler(event, context):
    item = {"a": len(event), "b": 2}
    z = sorted("z")
    return {"z": z, "old": item.__setitem__("a", 50), **item}
