"""As much of OpenTelemetry's API as the handlers use: a span lets exceptions pass."""

import contextlib


class _Span:
    def set_attribute(self, name, value):
        pass


class _Tracer:
    @contextlib.contextmanager
    def start_as_current_span(self, name):
        yield _Span()


def get_tracer(name):
    return _Tracer()
