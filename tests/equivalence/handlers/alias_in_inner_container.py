HOLDER = {}


def build():
    inner = {"n": 0}
    HOLDER["inner"] = inner
    return [inner, {"twice": [inner]}]


def bump():
    HOLDER["inner"]["n"] += 1
    return HOLDER["inner"]["n"]


def lambda_handler(event, context):
    a = build()
    b = bump()
    c = {"again": bump()}
    return {"a": a, "b": b, "c": c}
