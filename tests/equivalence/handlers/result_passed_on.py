def enrich(result):
    result["a"].append("enriched")
    result["extra"] = 1
    return len(result)


def lambda_handler(event, context):
    a = [1]
    b = {"n": 1}
    result = {"a": a, "b": b, "n": 0}
    n = enrich(result)
    result["n"] = n
    return result
