# events: [{"n": 1}]
class Any:
    def __eq__(self, other):
        other["compared"] = True
        return True


def load(n):
    return [{"n": n}]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    expected = [Any() for _ in range(1)]
    c = a == expected
    return {"a": a, "b": b, "c": c}
