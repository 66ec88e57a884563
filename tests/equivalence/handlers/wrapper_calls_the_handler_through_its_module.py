# events: [{"n": 1}]
CALLS = []


def warmed_up(function):
    def wrapper(event, context):
        if len(CALLS) % 2 == 0:
            CALLS.append(0)
            module.lambda_handler(event, context)
            CALLS.append(0)
        return function(event, context)

    return wrapper


@warmed_up
def lambda_handler(event, context):
    a = [len(CALLS)]
    b = [len(a)]
    return {"a": a, "b": b}


module = __import__(__name__)
