# events: [{"n": 1}]
def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    try:
        c = 1 / 0
    except ZeroDivisionError as error:
        c = error.__traceback__.tb_lasti
    return {"a": a, "b": b, "c": c}
