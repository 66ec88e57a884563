# events: [{"n": 1}]
class Session:
    def __del__(self):
        print("closed")


def logged(function):
    def wrapper(event, context):
        result = function(event, context)
        print("done")
        return result

    return wrapper


def load(n):
    return [n]


@logged
def lambda_handler(event, context):
    session = Session()
    a = load(1)
    b = load(2)
    return {"a": a, "b": b}
