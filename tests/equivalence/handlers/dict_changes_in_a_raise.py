# events: [{}]
class Failed(Exception):
    pass


def lambda_handler(event, context):
    r = {"a": 1, "b": 2}
    y = sorted("x")
    r["y"] = y
    try:
        raise Failed(r.pop("b"), r.setdefault("b", 5))
    except Failed:
        pass
    z = sorted("yz")
    r["z"] = z
    return r
