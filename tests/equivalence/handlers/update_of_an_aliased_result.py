# events: [{"n": 1}]
def load(n):
    return [n]


def lambda_handler(event, context):
    base = {"a": load(1), "b": load(2)}
    result = base
    base.update(c=load(3))
    for key in ("a",):
        print(key)
    result["d"] = load(4)
    return result
