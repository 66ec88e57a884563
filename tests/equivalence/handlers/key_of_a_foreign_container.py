# events: [{"n": 1}]
class Table:
    def __setitem__(self, key, value):
        key.append(value)


TABLE = Table()


def load(n):
    return [n]


def lambda_handler(event, context):
    rows = load(3)
    TABLE[rows] = 1
    return {"rows": rows, "n": len(rows)}
