# events: [{"n": 1}]
class Any:
    def __eq__(self, other):
        other.append("compared")
        return True


def load(n):
    return {"k": [n]}


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    expected = dict(k=Any())
    c = a == expected
    return {"a": a, "b": b, "c": c}
