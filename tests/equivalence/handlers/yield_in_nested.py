def lambda_handler(event, context):
    a = [1]

    def feed():
        while True:
            yield a.append(len(a))

    feeding = feed()
    b = {"n": len(a)}
    next(feeding)
    c = [len(a)]
    next(feeding)
    return {"a": a, "b": b, "c": c}
