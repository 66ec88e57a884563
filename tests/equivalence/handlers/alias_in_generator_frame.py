def feed():
    rows = []
    while True:
        rows.append(len(rows))
        yield rows


def lambda_handler(event, context):
    source = feed()
    a = next(source)
    b = {"n": len(a)}
    next(source)
    c = [next(source)[-1]]
    return {"a": a, "b": b, "c": c}
