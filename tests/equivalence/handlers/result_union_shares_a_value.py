# events: [{"n": 1}]
def load(n):
    return [n]


def lambda_handler(event, context):
    result = {"a": load(1), "b": 0}
    result |= {"b": result["a"]}
    result["b"].append(2)
    return result
