# events: [{"n": 1}]
def load(n):
    return [{"n": n}]


def lambda_handler(event, context):
    base = {"rows": load(1), "more": load(2)}
    result = base if event else {}
    result = base
    result["extra"] = 1
    return base
