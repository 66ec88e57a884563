RESULTS = []


def lambda_handler(event, context):
    a = [len(RESULTS)]
    b = {"n": len(RESULTS)}
    c = [b["n"]]
    return {"a": a, "b": b, "c": c}


RESULTS.append(lambda_handler({}, None))
print(RESULTS)
