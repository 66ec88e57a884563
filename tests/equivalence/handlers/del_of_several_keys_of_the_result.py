# events: [{"n": 1}]
def load(n):
    return {"n": n}


def lambda_handler(event, context):
    result = {"a": load(1), "b": load(2), "c": load(3)}
    del (result["a"], result["b"])
    result["a"] = load(4)
    result["b"] = load(5)
    return result
