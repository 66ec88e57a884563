import functools


def with_options(decorate):
    """`@name` and `@name(option=…)` alike."""

    def decorator(self, function=None, **options):
        if function is None:
            return lambda given: decorate(self, given, **options)
        return decorate(self, function, **options)

    return decorator


def calls_once(function, before=None, after=None):
    @functools.wraps(function)
    def wrapper(event, context, *args, **kwargs):
        if before:
            before(event, context)
        response = function(event, context, *args, **kwargs)
        if after:
            after(response)
        return response

    return wrapper
