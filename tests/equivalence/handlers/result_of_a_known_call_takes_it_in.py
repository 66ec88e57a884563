# events: [{"n": 1}]
def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = divmod(7, 2)
    c += (a,)
    c[2].append(3)
    return {"a": a, "b": b}
