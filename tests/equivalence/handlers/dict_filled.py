# events: [{}, {"n": 1}]
def lambda_handler(event, context):
    result = {}
    result["a"] = [1]
    result["b"] = {"n": len(result["a"])}
    result.update(c=3, **event)
    result.setdefault("d", []).append(result["a"])
    result["a"].append("late")
    if event:
        result.pop("b")
    return result
