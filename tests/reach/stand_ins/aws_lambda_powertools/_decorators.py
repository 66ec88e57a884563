def with_options(decorate):
    """`@name` and `@name(option=…)` alike."""

    def decorator(self, function=None, **options):
        if function is None:
            return lambda given: decorate(self, given, **options)
        return decorate(self, function, **options)

    return decorator
