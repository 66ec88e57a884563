# early: b
from collections import OrderedDict, defaultdict, namedtuple

Point = namedtuple("Point", "x y")


def lambda_handler(event, context):
    a = Point(1, [2])
    b = (1, ("x", None), ())
    c = defaultdict(list, k=a)
    d = OrderedDict(z=1, a=b)
    c["more"].append(a)
    d.move_to_end("z")
    a.y.append("late")
    e = len(c)
    return {"a": a, "b": b, "c": c, "d": d, "e": e}
