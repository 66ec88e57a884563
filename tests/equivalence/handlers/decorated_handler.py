import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(event, context):
        print("before")
        result = function(event, context)
        result["logged"] = True
        return result

    return wrapper


@logged
def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    return {"a": a, "b": b, "c": sum(a)}
