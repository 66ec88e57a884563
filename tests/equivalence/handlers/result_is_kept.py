LAST = []


def lambda_handler(event, context):
    a = [len(LAST)]
    b = {"n": [kept["a"] for kept in LAST]}
    result = {"a": a, "b": b, "c": len(LAST)}
    for kept in LAST:
        kept["a"].append("kept")
    LAST.append(result)
    return result
