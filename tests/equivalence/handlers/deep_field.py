# events: [{"n": 10}, {"n": 49}, {"n": 50}, {"n": 51}, {"n": 200}]
# early: a
def nested(n):
    value = ["innermost"]
    for _ in range(n):
        value = [value]
    return value


def lambda_handler(event, context):
    a = nested(event["n"])
    b = {"n": 1}
    c = [b["n"]]
    return {"a": a, "b": b, "c": c}
