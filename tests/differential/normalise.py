"""An outcome as texts that two sides are compared by, without times, addresses and the lines of the runtime itself.

Request ids are the row's own and the order of sets is fixed, so neither needs a rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from differential.sides import Outcome

# When a line was logged: by AWS's formats, by `logging` itself, in a metric.
_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}"
    r'|(?<="Timestamp":)\d{13}|(?<=\[ERROR\] \[)\d{13}'
)
# Where an object is in memory.
_ADDRESS = re.compile(r"0x[0-9a-f]+")
# How much of the C stack was in use: Python 3.14 says so where that ends a recursion.
_STACK_USED = re.compile(r"(?<=Stack overflow )\(used \d+ kB\)")
# Whole stacks are printed by the interpreter of what ends it, by `traceback` and by `faulthandler`; the runtime's own
# frames are in those. Those in an exception group stand behind bars.
_FRAME = re.compile(
    r'^(?P<bars>(?:  \| )*)  File "[^"\n]*/(?:awslambdaric/[^"\n]*|unum_streaming/[^"\n]*|bootstrap)\.py", '
    r"line \d+,? in .*\n(?:(?P=bars)    .*\n)*",
    re.M,
)
# A warning names the line that caused it; where that is the runtime's, as for a coroutine that nobody awaits, it differs.
_WARNED_AT = re.compile(r"^\S*/(?:awslambdaric|unum_streaming)/\w+\.py:\d+: (\w+: .*)\n(?:  .*\n)?", re.M)

# What users must not see, however different the rest of a row may be.
LAYER = "/opt/python/unum_streaming/"

_FRAME_HEAD_BYTES = 16
_FRAME_STAMP = slice(8, 16)


def parts(outcome: Outcome) -> dict[str, str]:
    """Name of what is compared → its text."""
    called = _calling(outcome)
    return {
        "posts": "".join(f"{line}\n" for line in _posts(outcome, called)),
        "stdout": _FRAME.sub("", called(_text(outcome.stdout))),
        "stderr": _WARNED_AT.sub(r"\1\n", _FRAME.sub("", called(_text(outcome.stderr)))),
        "framed_log": _FRAME.sub("", "".join(f"{called(line)}\n" for line in _framed(outcome.framed_log))),
        "exit": f"{outcome.exit}\n",
    }


def _calling(outcome: Outcome) -> Callable[[str], str]:
    def called(text: str) -> str:
        for found, name in outcome.addresses.items():
            text = text.replace(found, name)
        return _STACK_USED.sub("", _ADDRESS.sub("0x", _TIME.sub("TIME", text)))

    return called


def _posts(outcome: Outcome, called: Callable[[str], str]) -> Iterator[str]:
    for post in outcome.posts:
        yield f"POST {post.path}"
        for name, value in post.headers:
            yield f"{name}: {called(value)}"
        yield called(_text(post.body))


def _framed(log: bytes) -> Iterator[str]:
    """Each record: its type in hexadecimal, then its text; the time between them is left out."""
    while log:
        head, log = log[:_FRAME_HEAD_BYTES], log[_FRAME_HEAD_BYTES:]
        length = int.from_bytes(head[4:8], "big")
        assert int.from_bytes(head[_FRAME_STAMP], "big") > 0
        yield f"{head[:4].hex()} {_text(log[:length])}"
        log = log[length:]


def _text(data: bytes) -> str:
    """What is not UTF-8 stays visible, byte for byte."""
    return data.decode("utf-8", "backslashreplace")
