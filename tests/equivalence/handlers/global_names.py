COUNT = 0
ROWS = []


def count():
    global COUNT, ROWS
    COUNT += 1
    ROWS = ROWS + [COUNT]
    return COUNT


def lambda_handler(event, context):
    global a, ROWS
    a = [1]
    n = count()
    rows = ROWS
    ROWS = []
    b = {"n": count()}
    rebind()
    return {"a": a, "n": n, "rows": rows, "b": b, "count": COUNT}


def rebind():
    global a
    a = ["rebound"]
