# events: [{"n": 1}, {"n": 989}, {"n": 990}, {"n": 991}, {"n": 1495}, {"n": 1496}, {"n": 1497}]
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
