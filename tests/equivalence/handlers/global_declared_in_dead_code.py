# events: [{"n": 1}]
def load(n):
    return n


def bump():
    global a
    a += 1
    return a


def lambda_handler(event, context):
    while True:
        break
    else:
        global a
    a = load(1)
    b = bump()
    return {"a": a, "b": b}
