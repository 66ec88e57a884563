# events: [{"n": 1}]
def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    match a:
        case list(append=add):
            add(3)
    return {"a": a, "b": b}
