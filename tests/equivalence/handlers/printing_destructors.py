class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone:", self.name)


def lambda_handler(event, context):
    first = Noisy("first")
    a = [1]
    second = Noisy("second")
    b = {"n": len(a)}
    second = None
    c = [b["n"]]
    print("returns")
    return {"a": a, "b": b, "c": c}
