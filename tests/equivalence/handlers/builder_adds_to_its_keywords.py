# events: [{"n": 1}]
def respond(**fields):
    fields["version"] = 2
    return {"status": 200, **fields}


def compute(n):
    return [n]


def lambda_handler(event, context):
    total = compute(1)
    items = compute(2)
    rest = compute(3)
    return respond(total=total, items=items, rest=rest)
