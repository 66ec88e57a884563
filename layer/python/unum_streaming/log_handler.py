"""The root logger's handler; loaded together with `logging`."""

import logging
import time

from . import logs

_RESERVED = {
    "name",
    "msg",
    "args",
    "levelname",
    "levelno",
    "pathname",
    "filename",
    "module",
    "exc_info",
    "exc_text",
    "stack_info",
    "lineno",
    "funcName",
    "created",
    "msecs",
    "relativeCreated",
    "thread",
    "threadName",
    "processName",
    "process",
    "aws_request_id",
    "tenant_id",
    "_frame_type",
}


def install(sink):
    logging.Formatter.converter = time.gmtime
    framed = logs.JSON_FORMAT or logs.LEVEL
    handler = (LambdaLoggerHandlerWithFrameType if framed else LambdaLoggerHandler)(sink)
    if logs.JSON_FORMAT:
        handler.setFormatter(JsonFormatter())
    else:
        line = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
        handler.setFormatter(logging.Formatter(line, "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    if logs.LEVEL in logging._nameToLevel:
        root.setLevel(logs.LEVEL)
    handler.addFilter(LambdaLoggerFilter())
    root.addHandler(handler)


def _level(record):
    return min(50, max(0, record.levelno)) // 10 * 10


class LambdaLoggerHandler(logging.Handler):
    def __init__(self, log_sink):
        logging.Handler.__init__(self)
        self.log_sink = log_sink

    def emit(self, record):
        self.log_sink.log(self.format(record))


class LambdaLoggerHandlerWithFrameType(logging.Handler):
    def __init__(self, log_sink):
        super().__init__()
        self.log_sink = log_sink

    def emit(self, record):
        text = self.format(record)
        kind = getattr(record, "_frame_type", None) or logs.frame_type(logs.TEXT_FRAME, _level(record))
        self.log_sink.log(text, frame_type=kind)


class LambdaLoggerFilter(logging.Filter):
    def filter(self, record):
        record.aws_request_id = logs.request_id or ""
        record.tenant_id = logs.tenant_id
        return True


class JsonFormatter(logging.Formatter):
    def __init__(self):
        super().__init__(datefmt=logs.DATE_FORMAT)
        import json

        # What JSON cannot hold is logged as its text rather than not at all.
        self._encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

    def format(self, record):
        record.levelno = _level(record)
        record.levelname = logging.getLevelName(record.levelno)
        record._frame_type = logs.frame_type(logs.JSON_FRAME, record.levelno)
        as_is = isinstance(record.msg, dict) and not record.args
        fields = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": record.msg if as_is else record.getMessage(),
            "logger": record.name,
            **_exception(record),
        }
        if getattr(record, "tenant_id", None) is not None:
            fields["tenantId"] = record.tenant_id
        for key, value in record.__dict__.items():
            if key not in _RESERVED and key not in fields:
                fields[key] = value
        return self._encode({key: value for key, value in fields.items() if value is not None}) + "\n"


def _exception(record):
    """The fields about an exception, None where there is none; the request id stands among them."""
    fields = dict.fromkeys(("stackTrace", "errorType", "errorMessage"))
    info = record.exc_info
    if info:
        import traceback

        fields["stackTrace"] = traceback.format_tb(info[2])
        fields["errorType"] = info[0].__name__
        fields["errorMessage"] = str(info[1])
    fields["requestId"] = getattr(record, "aws_request_id", None)
    fields["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}" if info else None
    return fields
