"""Errors that users see: the streaming exceptions, and the error documents that Lambda gets."""

import os
import sys
import time

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class StreamingError(Exception):
    """Something about a streamed field went wrong; the message names the field."""


class StreamingTimeoutError(StreamingError):
    """A field did not arrive in time."""


class StreamingSourceError(StreamingError):
    """The function that was to publish the field failed."""


class StreamingStoreError(StreamingError):
    """The field store could not be read."""


OURS = (StreamingError, StreamingTimeoutError, StreamingSourceError, StreamingStoreError)
for _class in OURS:
    _class.__module__ = __package__  # the name that users import, and that tracebacks print


class Fault(Exception):
    """A failure that is told by a type of its own, without a stack trace of ours."""

    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = trace


# What our code itself may raise: exactly of these types.
_RAISED_HERE = frozenset(
    (
        AttributeError,
        IndexError,
        KeyError,
        MemoryError,
        OSError,
        OverflowError,
        RecursionError,
        SystemError,
        TypeError,
        UnicodeDecodeError,
        UnicodeEncodeError,
        ValueError,
    )
)

# How many errors are looked at for the one behind them.
_BEHIND = 100


def pass_on_unless_ours(error):
    """Raises what a signal handler of the user's raised while our code ran, or another thread in this one
    (`PyThreadState_SetAsyncExc`): it is for the user's handler to see."""
    if _refuses_frames(error.__traceback__.tb_next):
        return
    kind = type(error)
    if kind not in _RAISED_HERE and str(kind.__module__).partition(".")[0] != __package__:
        raise error
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    if not trace.tb_frame.f_code.co_filename.startswith(_HERE):
        raise error


def _refuses_frames(trace):
    """Whether what was called is an audit hook, which hears of `sys._getframe` by its name."""
    if trace is None:
        return False
    heard = list(trace.tb_frame.f_locals.values())
    return any(type(value) is str and value == "sys._getframe" for value in heard)


class Report:
    """One failure as Lambda gets it: the error document, and the cause for X-Ray."""

    def __init__(self, error_type, message, trace, xray_type, xray_message, frames, request_id):
        self.error_type = error_type
        self.document = {
            "errorMessage": message or "",
            "errorType": error_type or "",
            "requestId": request_id or "",
            "stackTrace": trace or [],
        }
        self.cause = {
            "working_directory": os.getcwd(),
            "exceptions": [
                {
                    "message": xray_message,
                    "type": xray_type,
                    "stack": [{"label": name, "path": path, "line": line} for path, line, name, _ in frames],
                }
            ],
            "paths": list({path for path, _, _, _ in frames}),
        }


def report(error, request_id=None):
    """What is told about `error`, which is being handled."""
    if isinstance(error, Fault):
        message = error.message
        return Report(
            error.error_type, message, error.trace, "LambdaValidationError", message, (), request_id
        )
    try:
        # Asked for twice: a text that the user's class makes may differ, or be noticed.
        xray_message = str(error)
        message = str(error)
    except StreamingError as unread:
        if isinstance(error, StreamingError):
            raise  # a class of the user's
        # Its text was to tell a field, as that of `ValueError(event)` does.
        return report(unread.with_traceback(error.__traceback__), request_id)
    frames, trace = _told(error.__traceback__)
    name = type(error).__name__
    return Report(name, message, trace, name, xray_message, frames, request_id)


def failure_behind(error):
    """The first of ours that `error` was raised from, or that is in its group; None if there is none, or it is far."""
    ahead, seen = [error], set()
    while ahead and len(seen) < _BEHIND:
        one = ahead.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        if type(one) in OURS:
            return one
        try:
            group = one.exceptions
        except Exception:
            group = ()
        group = group if type(group) in (list, tuple) else ()
        ahead += [
            other
            for other in (one.__cause__, one.__context__, *group[:_BEHIND])
            if issubclass(type(other), BaseException)
        ]
    return None


def _told(trace):
    """The user's frames, and the lines that tell them."""
    try:
        import traceback

        frames = _user_frames((f.filename, f.lineno, f.name, f.line) for f in traceback.extract_tb(trace))
        return frames, traceback.format_list(frames)
    except Exception:
        # No descriptor is left, say, or the user has taken the paths of imports away: the error is told all the same.
        frames = _user_frames(_walk(trace))
        return frames, [_line(*frame) for frame in frames]


def _walk(trace):
    while trace is not None:
        code = trace.tb_frame.f_code
        yield code.co_filename, trace.tb_lineno, code.co_name, _source(code.co_filename, trace.tb_lineno)
        trace = trace.tb_next


def _source(path, number):
    try:
        with open(path, encoding="utf-8") as lines:
            return next(line for at, line in enumerate(lines, 1) if at == number).strip()
    except Exception:
        return ""


def _line(path, number, name, source):
    return '  File "{}", line {}, in {}\n'.format(path, number, name) + (
        "    " + source + "\n" if source else ""
    )


def _user_frames(frames):
    """Without our own frames, and without what AWS's runtime would take for its own at the top."""
    frames = [frame for frame in frames if not frame[0].startswith(_HERE)]
    for i, frame in enumerate(frames):
        if "/bootstrap.py" not in frame[0]:
            return frames[i:]
    return frames


def log(document, sink, encode):
    """Prints the error document the way AWS's runtime does."""
    from . import logs

    if logs.JSON_FORMAT:
        logging = sys.modules.get("logging")
        clock = logging.Formatter.converter if logging else time.gmtime
        stamp = time.strftime(logs.DATE_FORMAT, clock(time.time()))
        sink.log_error([encode({"timestamp": stamp, "level": "ERROR", **document})])
        return
    head = "[ERROR]"
    if document["errorType"]:
        head += " " + document["errorType"]
    if document["errorMessage"]:
        head += (": " if document["errorType"] else " ") + document["errorMessage"]
    lines = [head]
    if "stackTrace" in document:
        lines.append("Traceback (most recent call last):")
        for element in document["stackTrace"]:
            lines += [_hard_indent(line) for line in element.splitlines()] if element else [""]
    sink.log_error(lines)


def _hard_indent(line):
    """No-break spaces, so that the console keeps the indentation."""
    text = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(text)) + text
