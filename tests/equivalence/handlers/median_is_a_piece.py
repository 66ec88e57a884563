# events: [{"n": 1}]
import statistics


def load(n):
    return [[2, 0], [3, 0], [1, 0]]


def lambda_handler(event, context):
    rows = load(3)
    middle = statistics.median(rows)
    middle.append("middle")
    return {"rows": rows, "n": len(middle)}
