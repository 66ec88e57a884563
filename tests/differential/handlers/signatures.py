"""What users name as their handler, and what cannot be one."""

not_callable = {"a": "dict"}


def no_parameters():
    return {}


def one_parameter(event):
    return {}


def three_parameters(event, context, third):
    return {}


def any_parameters(*args, **kwargs):
    return {"args": len(args), "kwargs": len(kwargs)}


def keyword_only(*, event, context):
    return {}


async def coroutine(event, context):
    return {"never": "awaited"}


def generator(event, context):
    yield 1


class HandlerClass:
    def __init__(self, event, context):
        self.event = event


class Callable:
    def __call__(self, event, context):
        raise ValueError("in __call__")


instance = Callable()


unbound = Callable.__call__


handler_is_a_builtin = sorted
