# events: [{"n": 1}]
CALLS = []


def warmed_up(function):
    def wrapper(event, context, is_first=True):
        if is_first:
            wrapper(event, context, False)
        return function(event, context)

    return wrapper


def load(n):
    return [n]


@warmed_up
def lambda_handler(event, context):
    CALLS.append(1)
    a = load(len(CALLS))
    b = load(2)
    return {"a": a, "b": b}
