import functools


def lambda_handler(event, context):
    a = []
    add = functools.partial(list.append, a)
    b = [2]
    add(1)
    c = {"x": add("y")}
    return {"a": a, "b": b, "c": c}
