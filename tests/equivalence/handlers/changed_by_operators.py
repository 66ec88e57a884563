class Adder:
    def __init__(self, into):
        self.into = into

    def __eq__(self, other):
        self.into.append("eq")
        return True

    def __str__(self):
        self.into.append("str")
        return "adder"

    def __bool__(self):
        self.into.append("bool")
        return False

    def __getattr__(self, name):
        self.into.append(name)
        return name


def lambda_handler(event, context):
    a = []
    adder = Adder(a)
    b = [1]
    c = f"{adder}" + adder.attribute
    d = adder == 1
    return {"a": a, "b": b, "c": c, "d": d, "e": 1 if adder else 2}
