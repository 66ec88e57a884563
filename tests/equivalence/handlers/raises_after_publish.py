# events: [{}, {"n": 1}, {"n": 2}]
# early: a
def fail(n):
    if n:
        raise KeyError("no %s" % n)
    return n


def lambda_handler(event, context):
    a = [1]
    n = event.get("n", 0)
    b = {"failed": fail(
        n % 2,
    )}
    c = [1 / (2 - n),
         fail(n // 2)]; d = fail(0)
    return {"a": a, "b": b, "c": c, "d": d}
