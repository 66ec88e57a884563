# events: [{"n": 1}]
class Any:
    def __eq__(self, other):
        other.append("compared")
        return True


def load(n):
    return [n]


def fill(others):
    others[0] = Any()


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    others = [0]
    fill(others)
    c = a == others[0]
    return {"a": a, "b": b, "c": c}
