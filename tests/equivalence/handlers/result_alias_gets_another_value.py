# events: [{"n": 1}]
def compute(n):
    return [n]


def lambda_handler(event, context):
    body = {"a": compute(1), "b": compute(2)}
    response = body
    body["a"] = compute(3)
    return response
