"""What a handler is given for the body of an invocation."""

from __future__ import annotations

import json

from differential.row import Event, Row, words


def told(name: str, *bodies: str | bytes | Event, **rest: object) -> Row:
    """What the handler is given for each body."""
    code = "def handler(event, context):\n    return [type(event).__name__, repr(event)]\n"
    return Row(name, code, bodies, **rest)


def nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


ROWS: list[Row] = [
    told(
        "constants_and_numbers",
        *words("null true false 0 -0 1 2.50 1e3 1E-2 -0.0 1e400 -1e400 123456789012345678901234567890"),
    ),
    told("large_integers", "1" * 4300, "1" * 4301, "[" + "2" * 6000 + "]", "1" * 4301 + "." + "5"),
    told("containers", "[]", "{}", "[1, [2, {}]]", '{"a": {"b": [null]}}', "[ ]", "{ }", "[\t1\n,\r2 ]"),
    told("duplicate_keys", '{"a": 1, "b": 2, "a": 3}', '{"": 1, "": {"x": 1, "x": 2}}'),
    told(
        "strings",
        '"é€\u2028"',
        '"\\u00e9\\ud83d\\ude00\\n\\/\\b"',
        '"\\ud800"',
        '"\\udc00\\ud800"',
        '"\\ud800\\u0041"',
        '""',
    ),
    told(
        "bad_strings",
        '"\\x"',
        '"\\u12"',
        '"\\ud800\\u12"',
        '"a',
        '"\n"',
        '"\x01"',
        '"\\',
        "'a'",
        '"\t"',
        '{"a\n": 1}',
    ),
    told("bad_numbers", *words("01 1. .5 +1 - 1e 0x10 1e+ --1 1_0 ١")),
    told(
        "bad_constants",
        *words("nul True None NaN Infinity -Infinity nan undefined NULL"),
        "[NaN]",
        '{"a": -Infinity}',
    ),
    told(
        "bad_containers",
        *words('[ { [1 [1,] [,1] {"a"} {"a":} {"a":1,} {1:2} {a:1} ] } [1}} {"a":1'),
        '{"a" 1}',
        "[1 2]",
    ),
    told(
        "around_the_value",
        " 1 ",
        "\n\t{}\r\n",
        "",
        " ",
        "1 2",
        "{}x",
        "1,",
        "\ufeff1",
        "1\ufeff",
        "\x0b1",
        "\xa01",
        "// x\n1",
    ),
    told(
        "other_encodings",
        b"\xff",
        b'"\xc3"',
        b'"\xed\xa0\x80"',
        '"é"'.encode("utf-16"),
        '"é"'.encode("latin-1"),
        "1".encode("utf-16-le"),
        b"\x00",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xf0\x9f\x98"}',
        b'"\x00"',
    ),
    told("deep_and_unclosed", *(opening * 400 for opening in ("[", '{"k":'))),
    *(
        told(
            f"deep_{name}",
            *(nested(*shape, depth) for depth in (100, 480, 900, 960, 985, 1000, 2000, 100_000)),
        )
        for name, shape in {
            "lists": ("[", "", "]"),
            "dicts": ('{"k":', "1", "}"),
        }.items()
    ),
    told(
        "content_types",
        *(
            Event("[1]", content_type=kind)
            for kind in (
                "application/json",
                "text/plain",
                "application/json; charset=utf-8",
                "APPLICATION/JSON",
                "application/x",
            )
        ),
    ),
    told(
        "bytes_are_given",
        Event(b"\x00\xff", content_type="application/octet-stream"),
        Event("", content_type="text/plain"),
    ),
    Row(
        "echoes",
        "def handler(event, context):\n    return event\n",
        [
            "{}",
            '{"b": [1, 2.50, 1e3], "a": "é\\u2028"}',
            "[]",
            '"text"',
            "1",
            "null",
            "true",
            '{"1": 1}',
            '{"__unum_future__": true}',
        ],
    ),
    Row(
        "echo_of_six_megabytes",
        "def handler(event, context):\n    return event\n",
        [json.dumps({"list": ["x" * 100] * 55_000}), json.dumps({"text": "é" * 1_000_000})],
    ),
    Row(
        "length_of_six_megabytes",
        "def handler(event, context):\n    return len(event['a'])\n",
        [json.dumps({"a": "x" * 6_000_000})],
    ),
    Row(
        "event_is_a_dict",
        "def handler(event, context):\n    return [type(event) is dict, type(event['l']) is list, list(event)]\n",
        ['{"b": 1, "l": [], "a": 2}'],
    ),
    Row(
        "event_is_changed",
        "def handler(event, context):\n    event['self'] = event\n    return event\n",
        ["{}"],
    ),
    Row(
        "same_strings_are_shared",
        "def handler(event, context):\n    a, b = event\n    return [x is y for x, y in zip(a, b)]\n",
        ['[{"key one": 1}, {"key one": 2}]'],
    ),
    told(
        "at_the_recursion_limit",
        *(nested("[", "", "]", depth) for depth in (991, 993)),
        pythons=("3.9", "3.10", "3.11"),
    ),
]
