# events: [{"n": 1}]
def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    try:
        c = 1 / 0
    except ZeroDivisionError as error:
        c = None
        match error.__traceback__:
            case object(tb_frame=object(f_locals={"a": rows})):
                rows.append(3)
    return {"a": a, "b": b, "c": c}
