# events: [{"n": 1}]
class Any:
    def __eq__(self, other):
        other.append("compared")
        return True


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    others = []
    others.append(Any())
    c = a in others
    return {"a": a, "b": b, "c": c}
