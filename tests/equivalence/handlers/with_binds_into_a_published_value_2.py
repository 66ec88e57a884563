# events: [{"n": 1}]
class Number:
    def __enter__(self):
        return 5

    def __exit__(self, *exc_info):
        pass


def load(n):
    return {"n": n}


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    with Number() as a["m"]:
        c = load(3)
    return {"a": a, "b": b, "c": c}
