# events: [{"n": 1}]
def count(n):
    return n * 10


def respond(a, b):
    result = {"a": a, "b": b}
    for name, part in [("result", result)]:
        part["c"] = name
    return result


def lambda_handler(event, context):
    return respond(count(1), count(2))
