# events: [{"n": 1}]
def load(n):
    return {"n": n}


def lambda_handler(event, context):
    result = {"a": load(1), "b": load(2)}
    for result["a"] in range(3):
        load(3)
    return result
