# events: [{"n": 1}]
def count(n):
    return n * 10


def lambda_handler(event, context):
    result = {"a": count(1), "b": count(2)}
    parts = [[result]]
    parts[0][0]["c"] = 3
    return result
