"""Events that nobody of ours sends, and what must become of each; test_hostile_events.py sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SESSION, SOURCE = "8cef5a3e", "A"
STREAM = f"{SESSION}/{SOURCE}/0f3a"
VICTIM = "another-session/A/77aa"
REMOVED = object()

DATA = "data"
"""The handler gets the event as it is."""
OPENED = "opened"
"""The envelope is one of ours: it is taken out, and fields are read from its own stream only."""
UNREADABLE = "unreadable"
"""Python reads no JSON there: the handler does not run, as under AWS's own runtime. Its own stream may have been read."""


@dataclass(frozen=True)
class Case:
    name: str
    body: bytes
    outcome: str
    """DATA, OPENED, UNREADABLE, or words of the error by which it is refused."""


def reference(key: str = "b", **changes: Any) -> Any:
    return _changed({"__unum_future__": True, "session": SESSION, "key": key, "source": SOURCE}, changes)


def envelope(**changes: Any) -> Any:
    ours = {
        "v": 2,
        "session": SESSION,
        "source": SOURCE,
        "run": "r",
        "stream": STREAM,
        "futures": ["b"],
        # Long ago: nobody waits for what is not there.
        "deadline_ms": 1,
    }
    return _changed(ours, changes)


def event(**members: Any) -> dict[str, Any]:
    """One field inline and one future, in an envelope of ours; members are replaced, added or REMOVED."""
    return _changed({"a": 1, "b": reference(), "__unum__": envelope()}, members)


def cases() -> list[Case]:
    families = [
        _members_of_the_wrong_type,
        _missing_members,
        _versions,
        _deadlines,
        _rhythms,
        _futures,
        _references,
        _streams,
        _what_only_looks_like_ours,
        _duplicates,
        _texts,
        _numbers,
        _nesting,
        _not_json,
        _sizes,
        _names_of_things,
    ]
    return [Case(f"{family.__name__[1:]}: {name}", *rest) for family in families for name, *rest in family()]


Rows = Iterator[tuple[str, bytes, str]]

NOT_A_REFERENCE = "has no future reference of that name"
DAMAGED = "the event's envelope is damaged"
WRONG_STREAM = "which is not one of its own session and source"


def _members_of_the_wrong_type() -> Rows:
    others = [None, True, -1, 1.5, 10**30, "x", [], [1], {}, {"a": 1}, [["b"]], [None]]
    texts = {name: ["x"] for name in ("session", "source", "run", "stream")}
    right = {"v": [], **texts, "futures": [[]], "deadline_ms": [], "end": [True], "rhythm": [[]]}
    for member, accepted in right.items():
        for value in others:
            if not any(value is one or value == one and type(value) is not bool for one in accepted):
                yield f"{member}={value}", _json(event(__unum__=envelope(**{member: value}))), _broken(member)
    for value in others:
        yield f"__unum__={value}", _json(event(__unum__=value)), DATA


def _missing_members() -> Rows:
    for member in ("v", "session", "source", "run", "stream", "futures", "deadline_ms"):
        yield member, _json(event(__unum__=envelope(**{member: REMOVED}))), _broken(member)


def _broken(member: str) -> str:
    """Three members tell an envelope from data; without another one, it is one that was damaged."""
    return DATA if member in ("v", "session", "futures") else DAMAGED


def _versions() -> Rows:
    yield "the first one", _json(event(__unum__=envelope(v=1))), OPENED
    for version in (0, 3, 255, 2**32, 2**63, 2**64 - 1):
        body = _json(event(__unum__=envelope(v=version)))
        yield str(version), body, f"has version {version}, and this layer reads versions 1 to 2"
    for version in ("1", "1.0", "01", "2**64", 2**64, 1.0, -0.0, [1], "１"):
        yield repr(version), _json(event(__unum__=envelope(v=version))), DATA
    raw = _json(event())
    for spelled in (b"1e0", b"1.0", b"10e-1"):
        yield spelled.decode(), raw.replace(b'"v": 2', b'"v": ' + spelled), DATA
    yield "-0", raw.replace(b'"v": 2', b'"v": -0'), DATA


def _deadlines() -> Rows:
    for deadline in (0, 1, 10**12, 4 * 10**12, 2**53, 2**63 - 1, 2**63, 2**64 - 1):
        yield str(deadline), _json(event(__unum__=envelope(deadline_ms=deadline))), OPENED
    for deadline in (-1, -(2**63), 2**64, 10**400, 1.5, 1e300, "0", "2100-01-01"):
        yield str(deadline)[:20], _json(event(__unum__=envelope(deadline_ms=deadline))), DAMAGED


def _rhythms() -> Rows:
    right: list[tuple[str, list[Any]]] = [
        ("b", [0, 2**53, 2**64 - 1]),
        ("b", list(range(10_000))),
        ("b", []),
        ("no field of this event", [1]),
        ("", [1]),
    ]
    for number, (field, times) in enumerate(right):
        yield f"right {number}", _json(event(__unum__=envelope(rhythm=[[field, times]]))), OPENED
    for times in ([-1], [2**64], [1.5], ["1"], [None], [[1]], 1, None, {"1": 1}):
        yield f"{times}", _json(event(__unum__=envelope(rhythm=[["b", times]]))), DAMAGED


def _futures() -> Rows:
    def row(name: str, futures: list[Any], outcome: str, **members: Any) -> tuple[str, bytes, str]:
        return name, _json(event(__unum__=envelope(futures=futures), **members)), outcome

    yield row("none, so the reference is data", [], OPENED)
    yield row("one that is not there", ["b", "c"], f"`c` as a future, but the event {NOT_A_REFERENCE}")
    yield row("one that is a value", ["a", "b"], f"`a` as a future, but the event {NOT_A_REFERENCE}")
    yield row("one twice", ["b", "b"], OPENED)
    yield row("one ten thousand times", ["b"] * 10_000, OPENED)
    yield row("the reserved key", ["__unum__"], NOT_A_REFERENCE)
    yield row("the empty key", [""], NOT_A_REFERENCE)
    yield row("the empty key, which is there", ["", "b"], OPENED, **{"": reference("")})
    yield row("marks of the store", ["!failed", "b"], OPENED, **{"!failed": reference("!failed")})
    yield row("another mark of the store", ["!end", "b"], OPENED, **{"!end": reference("!end")})
    yield row("a key of the store", ["f:b", "b"], OPENED, **{"f:b": reference("f:b")})
    yield row("a path", ["../b", "b"], OPENED, **{"../b": reference("../b")})
    yield row("a line break in a name", ["x\nERROR forged"], "lists `x\\nERROR forged` as")
    yield row("a terminal's escapes", ["\x1b[2J"], "lists `\\u{1b}[2J` as")
    yield row("a very long name", ["x" * 100_000], f"lists `{'x' * 100}…` as")
    yield row("a very long name, which is there", ["x" * 5000], OPENED, **{"x" * 5000: reference("x" * 5000)})
    yield row("another spelling", ["B"], NOT_A_REFERENCE)
    yield row("a space behind", ["b "], NOT_A_REFERENCE)
    many = [f"k{number}" for number in range(10_000)]
    yield row("ten thousand that are not there", many, "lists `k0` as")
    disguised = {**envelope(futures=["__unum__"]), **reference("__unum__")}
    yield "the envelope as its own future", _json(event(__unum__=disguised)), NOT_A_REFERENCE
    yield (
        "ten thousand",
        _json({**{key: reference(key) for key in many}, "__unum__": envelope(futures=many)}),
        OPENED,
    )


def _references() -> Rows:
    wrong = {
        "another key": reference("a"),
        "another session": reference(session="another-session"),
        "another source": reference(source="Z"),
        "the marker is false": reference(__unum_future__=False),
        "the marker is 1": reference(__unum_future__=1),
        "the marker is a text": reference(__unum_future__="true"),
        "no marker": reference(__unum_future__=REMOVED),
        "no key": _changed(reference(), {"key": REMOVED}),
        "no session": reference(session=REMOVED),
        "no source": reference(source=REMOVED),
        "a key that is a number": _changed(reference(), {"key": 1}),
        "in a list": [reference()],
        "in a dict": {"b": reference()},
        "as a text": json.dumps(reference()),
        "null": None,
    }
    for name, value in wrong.items():
        yield name, _json(event(b=value)), NOT_A_REFERENCE
    yield "more members", _json(event(b=reference(table="t", stream=VICTIM, function="g"))), OPENED
    yield "a second one, not listed", _json(event(c=reference("c"))), OPENED
    yield "of another session, not listed", _json(event(c=reference("c", session="another-session"))), OPENED
    yield "a nested one, not listed", _json(event(c=[{"d": reference("d")}])), OPENED


def _streams() -> Rows:
    for stream in (
        VICTIM,
        "",
        "/",
        SESSION,
        f"{SESSION}/{SOURCE}",
        f"{SESSION}/Z/0f3a",
        f"another-session/{SOURCE}/0f3a",
        f" {STREAM}",
        f"x{STREAM}",
        f"../{VICTIM}",
        f"{SESSION}//{SOURCE}/1",
        f"{SESSION.upper()}/{SOURCE}/0f3a",
    ):
        yield repr(stream), _json(event(__unum__=envelope(stream=stream))), WRONG_STREAM
    for session in ("", "another-session", "8cef5a3e/A", "/"):
        body = _json(event(__unum__=envelope(session=session)))
        yield f"session={session!r}, references of another", body, NOT_A_REFERENCE
    long = f"{STREAM}{'x' * 600}"
    yield "a long one", _json(event(__unum__=envelope(stream=long))), "names a stream of 615 bytes"
    yield "a very long one", _json(event(__unum__=envelope(stream=STREAM + "x" * 10**6))), "names a stream of"
    yield "climbing out", _json(event(__unum__=envelope(stream=f"{STREAM}/../{VICTIM}"))), OPENED
    yield "with parts of a field", _json(event(__unum__=envelope(stream=f"{STREAM}/f:b"))), OPENED
    yield "an expression", _json(event(__unum__=envelope(stream=f"{STREAM} OR 1=1 #stream :stream"))), OPENED


def _what_only_looks_like_ours() -> Rows:
    yield "references without an envelope", _json(event(__unum__=REMOVED)), DATA
    yield "an envelope in a field", _json({"a": event()}), DATA
    yield "an envelope in a list", _json([event()]), DATA
    yield "an envelope in an envelope", _json({"__unum__": event()}), DATA
    yield "an envelope as the event", _json(envelope()), DATA
    yield "an envelope as a text", _json(event(__unum__=json.dumps(envelope()))), DATA
    yield "an event as a text", _json(json.dumps(event())), DATA
    yield "a list of one", _json(event(__unum__=[envelope()])), DATA
    for key in (
        "__UNUM__",
        "__unum__ ",
        " __unum__",
        "_unum_",
        "__unum",
        "__unum__\x00",
        "__unum\u200b__",
        "＿＿unum＿＿",
    ):
        yield f"the key {key!r}", _json({**event(__unum__=REMOVED), key: envelope()}), DATA
    raw = _json(event())
    yield "the key with an escape", raw.replace(b'"__unum__"', b'"__\\u0075num__"'), DATA
    yield "a nested envelope beside ours", _json(event(c={"__unum__": envelope(stream=VICTIM)})), OPENED
    yield "the words in a text", _json({"a": '"__unum__": {"v": 2}'}), DATA


def _duplicates() -> Rows:
    head, _, tail = _json(event()).decode().rpartition('"__unum__": ')
    ours = tail.removesuffix("}")
    theirs = json.dumps(envelope(stream=VICTIM))
    several = "more than one envelope"
    yield "the envelope twice", f'{head}"__unum__": {ours}, "__unum__": {ours}}}'.encode(), several
    yield "another one first", f'{head}"__unum__": {theirs}, "__unum__": {ours}}}'.encode(), several
    yield "another one last", f'{head}"__unum__": {ours}, "__unum__": {theirs}}}'.encode(), several
    yield "null last", f'{head}"__unum__": {ours}, "__unum__": null}}'.encode(), several
    yield "null first", f'{head}"__unum__": null, "__unum__": {ours}}}'.encode(), several
    yield "spelled otherwise", f'{head}"__unum__": {ours}, "__\\u0075num__": {ours}}}'.encode(), several
    yield "two that are none", b'{"a": 1, "__unum__": 1, "__unum__": 2}', DATA
    future = json.dumps(reference())
    for name, pair in {
        "a value last": (future, "1"),
        "a value first": ("1", future),
        "twice": (future, future),
    }.items():
        yield (
            f"a future, {name}",
            f'{{"b": {pair[0]}, "b": {pair[1]}, "__unum__": {ours}}}'.encode(),
            NOT_A_REFERENCE,
        )
    yield "a value", f'{{"a": 1, "a": 2, "b": {future}, "__unum__": {ours}}}'.encode(), OPENED
    for member in ("v", "session", "source", "run", "stream", "futures", "deadline_ms"):
        again = json.dumps(envelope()[member])
        body = f'{head}"__unum__": {ours[:-1]}, "{member}": {again}}}}}'.encode()
        yield f"of {member}", body, _broken(member)
    yield (
        "of a member that is not ours",
        f'{head}"__unum__": {ours[:-1]}, "x": 1, "x": 2}}}}'.encode(),
        OPENED,
    )
    twice = future.replace('"key": "b"', '"key": "b", "key": "a"')
    yield "in a reference", f'{{"b": {twice}, "__unum__": {ours}}}'.encode(), NOT_A_REFERENCE


def _texts() -> Rows:
    raw = _json(event())
    yield "half a surrogate pair in a value", raw.replace(b'"a": 1', rb'"a": "\ud800"'), OPENED
    yield "half a surrogate pair in a key", raw.replace(b'"a": 1', rb'"\udc00": 1'), DATA
    yield (
        "half a surrogate pair in the session",
        raw.replace(b'"session": "8cef5a3e", "source"', rb'"session": "\ud800", "source"'),
        DATA,
    )
    yield "half a surrogate pair in futures", raw.replace(b'["b"]', rb'["\ud800"]'), DATA
    yield "half a surrogate pair in the stream", raw.replace(b"0f3a", rb"\udfff"), DAMAGED
    yield "a whole surrogate pair", raw.replace(b'"a": 1', rb'"a": "\ud83d\ude00"'), OPENED
    yield "a zero byte in a value", raw.replace(b'"a": 1', rb'"a": "\u0000"'), OPENED
    yield "a zero byte in the stream", raw.replace(b"0f3a", rb"\u0000"), DAMAGED
    yield "a line's end in the stream", raw.replace(b"0f3a", rb"\n"), DAMAGED
    yield "escapes for letters", raw.replace(b'"stream"', rb'"stre\u0061m"'), OPENED
    yield "bidirectional marks", _json(event(a="\u202e\u2066"), ascii=False), OPENED
    yield "white space everywhere", json.dumps(event(), indent=7).replace("\n", "\r\n\t").encode(), OPENED


def _numbers() -> Rows:
    for number in (
        "1e400",
        "-1e400",
        "0." + "0" * 400 + "1",
        "9" * 4000,
        "-0",
        "1E+2",
        "0.1e-7",
        "123456789.123456789e300",
    ):
        body = _json(event()).replace(b'"a": 1', f'"a": {number}'.encode())
        yield f"{number[:16]} as a value", body, OPENED
        yield f"{number[:16]} as the event", number.encode(), DATA
    yield (
        "too many digits for Python as a value",
        _json(event()).replace(b'"a": 1', b'"a": ' + b"9" * 5000),
        UNREADABLE,
    )


def _nesting() -> Rows:
    ours = _json(event()).decode()
    for depth in (100, 127, 128, 200, 500):
        for name, text in {
            "lists": "[" * depth + "]" * depth,
            "dicts": '{"x":' * depth + "1" + "}" * depth,
        }.items():
            yield f"{depth} {name} in a value", ours.replace('"a": 1', f'"a": {text}').encode(), OPENED
            yield f"{depth} {name} as the envelope", ours.replace('"v": 2', f'"v": {text}').encode(), DATA
            yield (
                f"{depth} {name} as a member of it",
                ours.replace('"v": 2', f'"v": 2, "x": {text}').encode(),
                OPENED,
            )
    for depth in (100_000, 1_000_000):
        text = "[" * depth + "]" * depth
        yield f"{depth} lists", text.encode(), UNREADABLE
        yield f"{depth} lists in a value", ours.replace('"a": 1', f'"a": {text}').encode(), UNREADABLE
        yield (
            f"{depth} lists, never closed",
            ours.replace('"a": 1', f'"a": {"[" * depth}').encode(),
            UNREADABLE,
        )
        yield f"{depth} lists as the envelope", ours.replace('"v": 2', f'"v": {text}').encode(), UNREADABLE


def _not_json() -> Rows:
    ours = _json(event())
    for size in (1, len(ours) // 2, len(ours) - 1):
        yield f"cut after {size}", ours[:size], UNREADABLE
    for name, body in {
        "empty": b"",
        "no quotes": ours.replace(b'"', b""),
        "a comma too many": ours.replace(b'"a": 1,', b'"a": 1,,'),
        "more behind it": ours + b"{}",
        "two events": ours + ours,
        "no UTF-8": ours.replace(b'"a"', b'"\xff"'),
        "an overlong spelling": ours.replace(b'"a"', b'"\xc1\xa1"'),
        "a raw line break in a text": ours.replace(b'"a"', b'"\n"'),
        "a comment": b"/* */" + ours,
        "a zero byte": ours + b"\x00",
        "a number's key": ours.replace(b'"a"', b"1"),
    }.items():
        yield name, body, UNREADABLE
    for word in (b"NaN", b"-Infinity"):
        yield word.decode(), ours.replace(b'"a": 1', b'"a": ' + word), UNREADABLE


def _sizes() -> Rows:
    large = "x" * (6 * 1024 * 1024 - 1000)
    yield "6 MB in a value", _json(event(a=large)), OPENED
    yield "6 MB without an envelope", _json({"a": large}), DATA
    yield "6 MB in the envelope", _json(event(__unum__=envelope(x=large))), OPENED
    yield "6 MB of session", _json(event(__unum__=envelope(session=large))), NOT_A_REFERENCE
    yield (
        "6 MB of quotes",
        _json(event(__unum__=envelope(futures=['"' * (3 * 1024 * 1024 - 1000)]))),
        "as a future",
    )
    yield "a million zeros", b"[" + b"0," * 1_000_000 + b"0]", DATA
    yield "fifty thousand keys", _json({**{f"k{n}": n for n in range(50_000)}, **event()}), OPENED


def _names_of_things() -> Rows:
    things = {
        "table": "victim-table",
        "UNUM_TABLE": "victim-table",
        "next": ["victim-function"],
        "UNUM_NEXT": "victim-function",
        "function": "victim-function",
        "to": ["victim-function"],
        "endpoint": "http://127.0.0.1:1",
        "region": "xx-victim-1",
        "credentials": {"AccessKeyId": "AKIDVICTIM"},
        "signature": "0" * 64,
        "ttl": 1,
    }
    for name, value in things.items():
        yield f"{name} in the envelope", _json(event(__unum__=envelope(**{name: value}))), OPENED
        yield f"{name} in the reference", _json(event(b=reference(**{name: value}))), OPENED
        yield f"{name} in the event", _json(event(**{name: value})), OPENED


def _changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**base, **changes}.items() if value is not REMOVED}


def _json(value: Any, ascii: bool = True) -> bytes:
    return json.dumps(value, ensure_ascii=ascii).encode()
