# events: [{"n": 1}]
def louder(handler):
    def wrapper(event, context, handler=lambda e, c, inner=handler: {**inner(e, c), "n": 0}):
        return handler(event, context)

    return wrapper


@louder
def lambda_handler(event, context):
    n = event["n"] + 1
    rows = [str(n)]
    return {"n": n, "rows": rows}
