def rows(n):
    for i in range(n):
        print("row", i)
        yield [i]


def lambda_handler(event, context):
    lazy = rows(3)
    a = next(lazy)
    b = list(lazy)
    c = sum((row for row in b), a)
    return {"a": a, "b": b, "c": c}
