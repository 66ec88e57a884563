# events: [{"n": 1}]
class Table:
    def __getitem__(self, key):
        key.start.append("seen")
        return 1


TABLE = Table()


def load(n):
    return [n]


def lambda_handler(event, context):
    rows = load(3)
    n = TABLE[rows:]
    return {"rows": rows, "n": n}
