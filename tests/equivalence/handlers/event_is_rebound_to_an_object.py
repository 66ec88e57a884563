# events: [{"n": 1}]
class Event:
    def __init__(self, event):
        self.event = event

    def __eq__(self, other):
        other["compared"] = True
        return False


def load(n):
    return {"n": n}


def lambda_handler(event, context):
    rows = load(3)
    event = Event(event)
    same = rows == event
    return {"rows": rows, "same": same}
