# events: [{"n": 1}, {"n": 0}]
def build(n):
    try:
        return {"error": n}
    finally:
        if n:
            return {"beta": 1}


def lambda_handler(event, context):
    last = sorted(event)
    result = {**build(event.get("n")), "last": last}
    sorted(event)
    return result
