# events: [{"n": 1}]
def count(n):
    return n * 10


def lambda_handler(event, context):
    result = {"a": count(1), "b": count(2)}
    for name, part in [("result", result)]:
        part["c"] = name
    return result
