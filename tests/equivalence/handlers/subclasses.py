import enum


class Text(str):
    def __str__(self):
        return "shown"


class Number(int):
    def __repr__(self):
        return "shown"


class Rows(list):
    def __iter__(self):
        return iter(["shown"])


class Color(enum.IntEnum):
    RED = 1


def lambda_handler(event, context):
    a = Text("a")
    b = Number(5)
    c = Rows([1, 2])
    d = Color.RED
    c.append(3)
    e = [a, b, c, d, {a: d}]
    return {"a": a, "b": b, "c": c, "d": d, "e": e}
