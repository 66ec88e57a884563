"""Where output goes: stdout without buffering, log lines as AWS's runtime prints them.

`logging` costs 22 ms of cold start, so its root handler is put in place when the user's code first imports it.
"""

import os
import sys
import time

from . import importer

DATE_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
JSON_FORMAT = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
LEVEL = {"TRACE": "DEBUG"}.get(
    os.environ.get("AWS_LAMBDA_LOG_LEVEL", ""), os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
).upper()

# Frame types of the platform's log pipe; the next levels follow in steps of four from DEBUG on.
TEXT_FRAME = 0xA55A0003
JSON_FRAME = 0xA55A0002

sink = None
request_id = None
tenant_id = None


def frame_type(base, level):
    """The frame's first four bytes for a log level (0, 10, … 50); None for any other number."""
    if level not in (0, 10, 20, 30, 40, 50):
        return None
    return (base + (4 * (level // 10) + 4 if level else 0)).to_bytes(4, "big")


class Unbuffered(object):
    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, exc_tb):
        pass

    def __getattr__(self, attr):
        return getattr(self.stream, attr)

    def write(self, msg):
        self.stream.write(msg)
        self.stream.flush()

    def writelines(self, msgs):
        self.stream.writelines(msgs)
        self.stream.flush()


class StandardLogSink(object):
    def log(self, msg, frame_type=None):
        sys.stdout.write(msg)

    def log_error(self, message_lines):
        sys.stdout.write("\r".join(message_lines) + "\n")


class FramedTelemetryLogSink(object):
    """Writes to the platform's log pipe: type, length, microseconds since 1970, text; big-endian 4, 4 and 8 bytes."""

    def __init__(self, fd):
        self.fd = int(fd)
        self.file = os.fdopen(self.fd, "wb", 0)

    def log(self, msg, frame_type=None):
        text = msg.encode("utf8")
        kind = frame_type or TEXT_FRAME.to_bytes(4, "big")
        stamp = int(time.time_ns() / 1000)
        self.file.write(kind + len(text).to_bytes(4, "big") + stamp.to_bytes(8, "big") + text)

    def log_error(self, message_lines):
        self.log("\n".join(message_lines), frame_type(JSON_FRAME if JSON_FORMAT else TEXT_FRAME, 40))


def install():
    """Takes over stdout and stderr, and `logging` as soon as it is there."""
    global sink
    sys.stdout = Unbuffered(sys.stdout)
    sys.stderr = Unbuffered(sys.stderr)
    fd = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
    sink = StandardLogSink() if fd is None else FramedTelemetryLogSink(fd)
    if "logging" in sys.modules:
        _configure()
    else:
        sys.meta_path.insert(0, _AfterLogging())


def _configure():
    from . import log_handler

    log_handler.install(sink)


class _AfterLogging:
    """Finds `logging` where it would be found anyway, until it is loaded, and configures it then."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        spec = importer.found_by_others(self, name, path, target)
        if spec is not None:
            importer.run_with(spec.loader, before=self._leave, after=_configure)
        return spec

    def _leave(self):
        if self in sys.meta_path:
            sys.meta_path.remove(self)
