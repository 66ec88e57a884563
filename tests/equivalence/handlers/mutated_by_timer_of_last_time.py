LAST = []


def lambda_handler(event, context):
    for rows in LAST:
        rows.append("again")
    a = [len(LAST)]
    b = {"n": len(LAST)}
    LAST.append(a)
    c = [len(LAST)]
    LAST[-1].append("now")
    return {"a": a, "b": b, "c": c}
