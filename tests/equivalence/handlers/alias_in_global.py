KEPT = []


def keep(value):
    KEPT.append(value)
    return value


def lambda_handler(event, context):
    a = keep([1])
    b = {"n": len(KEPT)}
    for kept in KEPT:
        kept.append(len(KEPT))
    c = len(a)
    return {"a": a, "b": b, "c": c}
