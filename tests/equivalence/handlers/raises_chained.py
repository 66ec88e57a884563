# events: [{}, {"n": 1}]
def inner(n):
    return [1, 2][n + 2 * n * n]


def lambda_handler(event, context):
    a = ["a"]
    n = event.get("n", 0)
    try:
        b = inner(n)
    except IndexError as error:
        raise ValueError("n is %d" % n) from error
    c = {"b": b}
    return {"a": a, "b": b, "c": c}
