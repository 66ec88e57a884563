# events: [{"id": 1}]
CURRENT = {}


def with_request(handler):
    def wrapper(event, context):
        CURRENT["event"] = event
        return handler(event, context)

    return wrapper


def normalise():
    CURRENT["event"]["id"] = str(CURRENT["event"]["id"])
    return [1]


@with_request
def lambda_handler(event, context):
    a = len(context.aws_request_id)
    b = normalise()
    return {"id": event["id"], "a": a, "b": b}
