# events: [{"n": 1}]
SEEN = []


def warmed(handler):
    SEEN.append(handler)

    def wrapper(event, context):
        SEEN[0]({"n": 100}, context)
        return handler(event, context)

    return wrapper


@warmed
def lambda_handler(event, context):
    n = event["n"] + 1
    rows = [str(n)]
    return {"n": n, "rows": rows}
