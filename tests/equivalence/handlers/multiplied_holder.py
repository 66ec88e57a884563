# events: [{"n": 1}]
class Factor:
    def __rmul__(self, other):
        other[0].append("multiplied")
        return other


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    held = [a]
    held *= Factor()
    return {"a": a, "b": b, "c": len(held)}
