# events: [{"n": 1}]
class Meta(type):
    def __instancecheck__(cls, instance):
        instance["asked"] = True
        return False


class Any(metaclass=Meta):
    pass


def load(n):
    return {"n": n}


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = isinstance(a, Any)
    return {"a": a, "b": b, "c": c}
