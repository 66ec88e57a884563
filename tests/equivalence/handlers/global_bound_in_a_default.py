# events: [{"n": 1}]
def other(n):
    return {"n": n, "other": True}


def respond(n, rows):
    return {"n": n, "rows": rows}


def unrelated(helper=(respond := lambda n, rows: {"rows": rows, "n": n})):
    return helper


def lambda_handler(event, context):
    n = event["n"] + 1
    rows = [str(n)]
    return respond(n, rows)
