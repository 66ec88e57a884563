import functools


def lambda_handler_decorator(decorator=None, trace_execution=None):
    if decorator is None:
        return functools.partial(lambda_handler_decorator, trace_execution=trace_execution)

    @functools.wraps(decorator)
    def final_decorator(function=None, **options):
        if function is None:
            return functools.partial(final_decorator, **options)

        @functools.wraps(function)
        def wrapper(event, context):
            return decorator(function, event, context, **options)

        return wrapper

    return final_decorator
