# events: [{"n": 1}]
def load(n):
    return {"n": n}


def lambda_handler(event, context):
    result = {"a": load(1), "b": load(2)}
    loaded = [load(3) for result["a"] in range(3)]
    result["b"] = len(loaded)
    return result
