# events: [{"n": 1}]
def respond(n, rows):
    return {"n": n, "rows": rows}


def other(n, rows):
    return {"rows": rows, "n": n}


globals()["respond"] = other


def lambda_handler(event, context):
    n = event["n"] + 1
    rows = [str(n)]
    return respond(n, rows)
