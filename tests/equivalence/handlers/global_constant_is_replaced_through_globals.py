# events: [{"n": 1}]
class Any:
    def __eq__(self, other):
        other.append("compared")
        return True


def load(n):
    return [n]


LIMIT = 3
globals()["LIMIT"] = Any()


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = a == LIMIT
    return {"a": a, "b": b, "c": c}
