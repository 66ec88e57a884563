# events: [{"n": 1}]
class Pair:
    def __enter__(self):
        return 1, 2, 3

    def __exit__(self, *exc_info):
        return True


def load(n):
    return {"n": n}


def lambda_handler(event, context):
    with Pair() as (a, c):
        a.append(1)
    print("before")
    b = load(2)
    return {"a": a, "b": b}
