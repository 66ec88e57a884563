class Guard:
    def __init__(self, rows):
        self.rows = rows

    def __del__(self):
        self.rows.append("deleted")
        print("guard is gone")


def lambda_handler(event, context):
    a = [1]
    guard = Guard(a)
    b = {"n": 1}
    return {"a": a, "b": b, "c": len(b)}
