# events: [{"n": 1}]
def nested(n):
    value = []
    for _ in range(n):
        value = [value]
    return value


def lambda_handler(event, context):
    a = [1]
    b = nested(event["n"])
    c = [len(b)]
    return {"a": a, "b": b, "c": c}
