def function(event, context):
    return {"a": 0, "b": 0}


def passing(function):
    def wrapper(event, context):
        global function
        return function(event, context)

    return wrapper


@passing
def lambda_handler(event, context):
    a = f()
    print("a")
    return {"a": a, "b": g()}
