# events: [{"n": 1}]
KEPT = [1]


def load(n):
    return KEPT if n == 1 else n


def lambda_handler(event, context):
    result = {"a": load(1), "b": load(2)}
    result.setdefault("a", load(3))
    result["c"] = load(4)
    return result
