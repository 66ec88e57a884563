# handler: handle
class Service:
    def __init__(self):
        self.calls = []

    def handle(self, event, context):
        a = [1]
        self.calls.append(a)
        b = {"n": len(self.calls)}
        self.calls[0].append("late")
        return {"a": a, "b": b, "c": [1]}


handle = Service().handle
