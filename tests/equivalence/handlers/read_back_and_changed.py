def lambda_handler(event, context):
    a = [1]
    b = [len(a)]
    a.extend(b)
    a.sort(reverse=True)
    c = {"n": a.pop()}
    return {"a": a, "b": b, "c": c, "d": a.append("while the result is built"), "e": [len(a)]}
