from ..middleware_factory import lambda_handler_decorator


@lambda_handler_decorator
def event_parser(handler, event, context, model=None):
    return handler(model(event), context)
