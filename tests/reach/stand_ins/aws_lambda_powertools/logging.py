import functools
import json

from ._decorators import with_options


def _calls_once(function, before):
    @functools.wraps(function)
    def decorate(event, context, *args, **kwargs):
        before(event, context)
        response = function(event, context, *args, **kwargs)
        return response

    return decorate


class Logger:
    def __init__(self, service="service_undefined", level="INFO", **options):
        self.service = service
        self.level = level
        self._keys = {"service": service}

    def _write(self, level, message, *args, extra=None, **fields):
        fields.pop("exc_info", None)
        text = message % args if args else message
        print(
            json.dumps(
                {"level": level, "message": text, **self._keys, **(extra or {}), **fields}, default=str
            )
        )

    def debug(self, message, *args, **fields):
        pass

    def info(self, message, *args, **fields):
        self._write("INFO", message, *args, **fields)

    def warning(self, message, *args, **fields):
        self._write("WARNING", message, *args, **fields)

    def error(self, message, *args, **fields):
        self._write("ERROR", message, *args, **fields)

    exception = error

    def append_keys(self, **keys):
        self._keys.update(keys)

    def set_correlation_id(self, value):
        self._keys["correlation_id"] = value

    @with_options
    def inject_lambda_context(
        self, function, log_event=False, correlation_id_path=None, clear_state=False, **options
    ):
        def before(event, context):
            if clear_state:
                self._keys = {"service": self.service}
            self._keys["function_request_id"] = context.aws_request_id
            if log_event:
                self.info("event", extra={"event": event})

        return _calls_once(function, before)
