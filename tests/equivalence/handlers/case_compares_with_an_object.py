# events: [{"n": 1}]
class Any:
    def __eq__(self, other):
        other["asked"] = True
        return False


class Kinds:
    ANY = Any()


def load(n):
    return {"n": n}


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    match a:
        case Kinds.ANY:
            c = load(3)
        case _:
            c = load(4)
    return {"a": a, "b": b, "c": c}
