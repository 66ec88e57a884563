"""Events in, results out, byte for byte as AWS's runtime does it (there: simplejson).

The interpreter's own C code does the work where it provably gives the same bytes: for values made of exact built-in
types only. Anything else, and every error, goes to `exact`. `json` is not imported: it costs 12 ms of cold start.
"""

import marshal
import os
import sys

from .errors import pass_on_unless_ours
from .importer import from_library

_json = from_library("_json", keep=True)
_UNICODE_ENVIRONMENTS = (
    "AWS_Lambda_python3.12",
    "AWS_Lambda_python3.13",
    "AWS_Lambda_python3.14",
    "AWS_Lambda_python3.15",
)
_SPACE = " \t\n\r"
# From version 3 on the format knows references. Without them, values that hold themselves twice take for ever.
_MARSHAL_VERSION = 4


class NotPlain(Exception):
    """The value holds something that only the exact encoder can judge."""


def ascii_only():
    """Whether this environment's runtime escapes what is not ASCII."""
    return os.environ.get("AWS_EXECUTION_ENV") not in _UNICODE_ENVIRONMENTS


def _default(value):
    if type(value) is bytes:
        return str(value, "utf-8")
    raise NotPlain


def _make_encoder(string):
    # No table of visited objects: a cycle ends in a RecursionError, and `exact` says what it is.
    return _json.make_encoder(None, _default, string, None, ": ", ", ", False, False, True)


_ENCODERS = {
    True: (_make_encoder(_json.encode_basestring_ascii), _json.encode_basestring_ascii),
    False: (_make_encoder(_json.encode_basestring), _json.encode_basestring),
}
# AWS's runtime looks at the environment once for results, and each time for error documents.
RESULT_ASCII = ascii_only()


def encode(value, ascii=RESULT_ASCII):
    """`value` as JSON text."""
    if type(value) in events():
        value = value.copy()
    try:
        marshal.dumps(value, _MARSHAL_VERSION)  # refuses subclasses, whose own methods would have a say
        return encode_plain(value, ascii)
    except Exception as error:
        pass_on_unless_ours(error)
        from . import exact

        return exact.encode(value, ascii, _ENCODERS[ascii])


def events():
    """The types of events with fields that were pending: dicts in every way that counts here."""
    lazy = sys.modules.get(__package__ + ".lazy")
    return lazy.EVENTS if lazy else ()


def encode_plain(value, ascii=RESULT_ASCII):
    """`value` as JSON text; it has no cycle, and exact built-in types only."""
    return "".join(_ENCODERS[ascii][0](value, 0))


def _no_constant(name):
    raise ValueError(name)


class _Scanning:
    strict = True
    object_hook = object_pairs_hook = array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_no_constant)


class _ScanningAnything(_Scanning):
    parse_float = parse_int = parse_constant = staticmethod(str)  # only the end is wanted


_scan = _json.make_scanner(_Scanning)
_scan_anything = _json.make_scanner(_ScanningAnything)


def end_of_value(text, start):
    """Where the JSON value that begins at `start` ends; `text` is ours, so it is whole."""
    try:
        return _scan_anything(text, start)[1]
    except RecursionError:
        from . import exact

        return exact.end_of_value(text, start)


def _start(text):
    """Where the value begins: behind a byte order mark, of which there are two forms, and white space."""
    start = 1 if text[:1] == "\ufeff" else 3 if text[:3] == "\xef\xbb\xbf" else 0
    return len(text) - len(text[start:].lstrip(_SPACE)) if text[start : start + 1] in _SPACE else start


def decode(data):
    """The value of the JSON text in `data`, UTF-8 bytes."""
    text = str(data, "utf-8")
    start = 0 if text[:1] == "{" else _start(text)
    try:
        value, end = _scan(text, start)
    except RecursionError as error:
        raise RecursionError(str(error).replace("a unicode string", "a string")) from None
    except (
        StopIteration,
        ValueError,
        SystemError,
    ):  # the last where C wants `json.decoder`'s error and it is not loaded
        value, end = None, -1
    if end == len(text) or end > 0 and not text[end:].strip(_SPACE):
        return value
    from . import exact

    return exact.decode(text, start)
