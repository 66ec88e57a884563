# events: [{"n": 1}]
def load(n):
    return {"n": n}


def lambda_handler(event, context):
    a = load(1)
    for i in range(1):
        try:
            event["missing"]
        except KeyError as a:
            continue
    print("before")
    b = load(2)
    return {"a": a, "b": b}
