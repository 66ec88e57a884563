# events: [{"n": 1}]
def load(n):
    return {"n": n}


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = a.fromkeys(["x"], a)
    c["x"]["seen"] = True
    return {"a": a, "b": b, "c": len(c)}
