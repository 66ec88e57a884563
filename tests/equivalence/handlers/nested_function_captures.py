def lambda_handler(event, context):
    a = []
    n = 1

    def add(item):
        nonlocal n
        a.append(item)
        n += 1
        return n

    b = [add("b")]
    c = {"n": add("c")}
    return {"a": a, "b": b, "n": n, "c": c}
