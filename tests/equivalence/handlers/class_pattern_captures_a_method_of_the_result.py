# events: [{"n": 1}]
def count(n):
    return n * 10


def lambda_handler(event, context):
    result = {}
    result["a"] = count(1)
    result["b"] = count(2)
    match result:
        case dict(update=change):
            change({"c": 3})
    return result
