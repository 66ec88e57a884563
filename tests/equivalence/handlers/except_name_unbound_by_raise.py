# events: [{"n": 1}]
def load(n):
    return {"n": n}


def lambda_handler(event, context):
    a = load(1)
    try:
        try:
            event["missing"]
        except KeyError as a:
            raise ValueError("other")
    except ValueError:
        pass
    print("before")
    b = load(2)
    return {"a": a, "b": b}
