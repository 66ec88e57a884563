# early: a
def passing(lambda_handler):
    def wrapper(event, context):
        print("before")
        return lambda_handler(event, context)

    return wrapper


@passing
def lambda_handler(event, context):
    a = f()
    print("a")
    return {"a": a, "b": g()}
