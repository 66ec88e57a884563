def twice(decorate):
    def again(function):
        def run(event, context):
            print(function(event, context))
            return dict(function(event, context), more=1)

        return run

    return again


@twice
def passing(function):
    def wrapper(event, context):
        return function(event, context)

    return wrapper


@passing
def lambda_handler(event, context):
    a = f()
    print("a")
    return {"a": a, "b": g()}
