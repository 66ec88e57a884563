# early: b
class Watching:
    def __init__(self, value):
        self.value = value

    def __enter__(self):
        return self.value

    def __exit__(self, kind, error, trace):
        self.value.append("end")


def lambda_handler(event, context):
    a = []
    with Watching(a):
        a.append(1)
        b = k()
        c = g()
        return {"a": a, "b": b, "c": c}
