# events: [{"n": 1}]
def load(n):
    return {"n": n}


def errors_of(a):
    a["asked"] = True
    return KeyError


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    try:
        c = event["missing"]
    except errors_of(a):
        c = load(3)
    return {"a": a, "b": b, "c": c}
