# events: [{}, {"n": 1}]
def lambda_handler(event, context):
    a = [1]
    b = {"n": 1}
    result = {"a": a, "b": b, "c": 3}
    result["a"] = ["another"]
    if event:
        del result["b"]
        result["b"] = "last"
    return result
