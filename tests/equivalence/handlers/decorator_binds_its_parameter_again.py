# events: [{"n": 1}]
def zero(handler):
    return lambda event, context: {**handler(event, context), "n": 0}


def louder(handler):
    (handler := zero(handler))

    def wrapper(event, context):
        return handler(event, context)

    return wrapper


@louder
def lambda_handler(event, context):
    n = event["n"] + 1
    rows = [str(n)]
    return {"n": n, "rows": rows}
