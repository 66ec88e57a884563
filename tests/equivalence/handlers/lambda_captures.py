def lambda_handler(event, context):
    a = [1]
    add = lambda item, into=a: into.append(item) or len(into)
    b = {"n": 0}
    change = lambda: b.update(n=b["n"] + 1)
    c = add(2)
    change()
    d = [change()]
    return {"a": a, "b": b, "c": c, "d": d}
