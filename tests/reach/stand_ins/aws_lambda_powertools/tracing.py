import contextlib
import functools

from ._decorators import with_options


def _calls_once(function):
    @functools.wraps(function)
    def decorate(event, context, *args, **kwargs):
        response = function(event, context, *args, **kwargs)
        return response

    return decorate


class _Provider:
    @contextlib.contextmanager
    def in_subsegment(self, name):
        yield self

    def put_annotation(self, key, value):
        pass

    def put_metadata(self, key, value, namespace=None):
        pass


class Tracer:
    def __init__(self, service="service_undefined", **options):
        self.service = service
        self.provider = _Provider()

    def put_annotation(self, key, value):
        pass

    def put_metadata(self, key, value, namespace=None):
        pass

    @with_options
    def capture_lambda_handler(self, function, capture_response=True, **options):
        return _calls_once(function)

    @with_options
    def capture_method(self, function, **options):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper
