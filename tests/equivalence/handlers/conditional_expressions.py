# events: [{}, {"n": 1}]
# early: a
def side(n):
    print("side", n)
    return [n]


def lambda_handler(event, context):
    a = side(1) if event else side(2)
    b = event and side(3) or None
    return {"a": a, "b": b, "c": side(4) if event else side(5), "d": not event and side(6), "e": [1] < [len(event)] < [2]}
