# events: [{"n": 1}]
def load(n):
    return [n]


def ordered(value):
    value.append("patched")
    return ""


__builtins__["sorted"] = ordered


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    return {"a": a, "b": b, "c": sorted(a)}
