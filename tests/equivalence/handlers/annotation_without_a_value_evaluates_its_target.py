# events: [{"n": 1}]
def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    seen = {}
    seen[a.append(3)]: int
    return {"a": a, "b": b}
