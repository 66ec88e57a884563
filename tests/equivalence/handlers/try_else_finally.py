# events: [{}, {"n": 1}, {"n": 0}]
ORDER = []


def step(name, value=None):
    ORDER.append(name)
    return value


def lambda_handler(event, context):
    a = step("a", [1])
    try:
        b = step("try", 1 // event["n"])
    except KeyError:
        b = step("except")
    else:
        a.append(step("else", b))
    finally:
        step("finally")
    c = step("c", {"order": ORDER[:]})
    return {"a": a, "b": b, "c": c, "order": ORDER}
