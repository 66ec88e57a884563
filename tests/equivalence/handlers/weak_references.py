import weakref


class Rows(list):
    pass


ALL = weakref.WeakSet()


class Node:
    def __init__(self, rows):
        self.rows = rows
        ALL.add(self)


def lambda_handler(event, context):
    a = [1]
    node = Node(a)
    b = {"n": len(ALL)}
    for one in ALL:
        one.rows.append("through a weak reference")
    node = None
    c = [len(ALL)]
    return {"a": a, "b": b, "c": c}
