def say(n):
    print("value", n)
    return [n]


def lambda_handler(event, context):
    a = say(1)
    b = say(2)
    return {"a": a, "b": b, "a": say(3), "c": say(4)}
