# events: [{"n": 1}]
def count(n):
    return n * 10


def lambda_handler(event, context):
    result = {"a": count(1), "b": count(2)}
    parts = {"result": result}
    for part in parts.values():
        part["c"] = 3
    return result
