"""How a module offers its handler: as a plain function, decorated, assigned, a method, …"""

from __future__ import annotations

from random_programs.maker import Maker, indented

BEHIND_A_LINE_END = "behind a line end in a string"
_PEEK_AT = ("def peek_at(value):", "    return len(value)", "")
# How a name comes to mean something else, and a call of it with the variable `X`.
SHADOWS = {
    "assigned": (["all = grow"], "all(X)"),
    "defined": (["def all(value):", "    return grow(value)"], "all(X)"),
    "imported": (
        ["from odd_names import *"],  # child.py has it
        "all(X)",
    ),
    "twice": (["def peek_at(value):", "    return len(value)", "", "peek_at = grow"], "peek_at(X)"),
    "by a function": (
        [
            "def peek_at(value):",
            "    return len(value)",
            "",
            "def exchange():",
            "    global peek_at",
            "    peek_at = grow",
            "",
            "exchange()",
        ],
        "peek_at(X)",
    ),
    "no constant": (["LIMIT = ODD"], "(X == LIMIT)"),
    "in an f-string": (
        [*_PEEK_AT, "NAMES = f\"{(peek_at := grow).__name__:>{len('width')}}\""],
        "peek_at(X)",
    ),
    "in a specification": (
        [*_PEEK_AT, "NAMES = f\"{'n':>{len((peek_at := grow).__name__)}}\""],
        "peek_at(X)",
    ),
    "in a nested f-string": (
        [*_PEEK_AT, "NAMES = f'{'{'.join(f'{(peek_at := grow).__name__}')}'"],
        "peek_at(X)",
    ),
    "in a default": ([*_PEEK_AT, "def other(v=(peek_at := grow)): pass"], "peek_at(X)"),
    "in an f-string in a default": (
        [*_PEEK_AT, "def other(v=f'{(peek_at := grow).__name__}'): pass"],
        "peek_at(X)",
    ),
    "by globals in an f-string": ([*_PEEK_AT, "f'{globals().update(peek_at=grow)}'"], "peek_at(X)"),
    "by setattr in an f-string": (
        [*_PEEK_AT, "f\"{setattr(sys.modules[__name__], 'peek_at', grow)}\""],
        "peek_at(X)",
    ),
    "by its globals": ([*_PEEK_AT, "peek_at.__globals__['peek_at'] = grow"], "peek_at(X)"),
    BEHIND_A_LINE_END: ([*_PEEK_AT, "ONE = 'one \\\ntwo'; peek_at = grow; TWO = 'three'"], "peek_at(X)"),
    "behind a line end in an f-string": (
        [*_PEEK_AT, "ONE = f'{1} \\\ntwo'; peek_at = grow; TWO = f'{3}'"],
        "peek_at(X)",
    ),
    # Flat for Python, but the transformer does not read it.
    "in a long chain": ([*_PEEK_AT, f"CHAIN = {'1 and ' * 3100}(peek_at := grow)"], "peek_at(X)"),
}
NEWER_SHADOWS = {"in a nested f-string": (3, 12)}
"""The oldest interpreter that knows the syntax of those that not all know."""
WAYS = {
    "plain": 95,
    "pass-through decorator": 1,
    "decorator that calls twice": 0.6,
    "decorator that changes the result": 0.6,
    "decorator that swallows": 0.6,
    "decorator that calls in a loop": 0.4,
    "decorator that gives another result": 0.4,
    "decorator that binds the result again": 0.4,
    "decorator with a decorated wrapper": 0.4,
    "decorated decorator": 0.4,
    "decorator that passes the handler on": 0.4,
    "bound by assignment": 0.8,
    "bound method": 0.6,
    "conditional definition": 0.5,
}
_DECORATORS = {
    "pass-through decorator": ["effect('before')", "return function(event, context)"],
    "decorator that calls twice": [
        "effect('first', function({**event, 'n': 7, 'text': 'first'}, context))",
        "return function(event, context)",
    ],
    "decorator that changes the result": [
        "result = function(event, context)",
        "if type(result) is dict:",
        "    result['decorated'] = len(result)",
        "return result",
    ],
    "decorator that swallows": [
        "try:",
        "    return function(event, context)",
        "except Exception as error:",
        "    return {'error': str(error)}",
    ],
    "decorator that calls in a loop": [
        "for turn in range(2):",
        "    result = function(event, context)",
        "return result",
    ],
    "decorator that gives another result": [
        "result = function(event, context)",
        "if event.get('flag'):",
        "    return {'other': 1}",
        "return result",
    ],
    "decorator that binds the result again": [
        "result = function(event, context)",
        "if event.get('flag'):",
        "    result = {'other': 1}",
        "return result",
    ],
    "decorator with a decorated wrapper": ["return function(event, context)"],
    "decorated decorator": ["return function(event, context)"],
    "decorator that passes the handler on": ["return again(lambda: function(event, context))"],
}  # fmt: skip
_AGAIN = [
    "def again(function):",
    "    effect('once', function())",
    "    return function()",
    "",
    "def relabel(original):",
    "    return lambda function: lambda event, context: again(lambda: function(event, context))",
    "",
    "def relabelled(decorate):",
    "    return relabel(decorate)",
    "",
]


def module(maker: Maker, body: list[str]) -> list[str]:
    shadow, _ = SHADOWS.get(maker.shadow, ([], ""))
    lines = [*shadow, "", *_handler(maker, body)]
    if maker.chance(0.012):
        maker.mark("called at import")
        lines += [
            "",
            "try:",
            "    lambda_handler({'depth': 1}, None)",
            "except Exception:",
            "    KEPT.append(0)",
        ]
    return lines


def _handler(maker: Maker, body: list[str]) -> list[str]:
    way = maker.weighted({**WAYS, "plain": 20} if maker.is_aimed else WAYS)
    if maker.chance(0.06):
        maker.mark("docstring")
        body = ["'Says what it does.'", *body]
    if way == "plain" and maker.chance(0.03):
        maker.mark("default of the handler")
        body = ["seen.append(len(seen))", "effect('default', seen)", *body]
        return ["def lambda_handler(event, context, seen=[]):", *indented(body)]
    if way == "plain":
        return ["def lambda_handler(event, context):", *indented(body)]
    maker.mark(way)
    if way in _DECORATORS:
        return _decorated(way, body)
    if way == "bound method":
        method = ["def handle(self, event, context):", *indented(body)]
        return ["class App:", *indented(method), "", "APP = App()", "lambda_handler = APP.handle"]
    if way == "bound by assignment":
        return ["def _impl(event, context):", *indented(body), "", "lambda_handler = _impl"]
    return ["if CACHE is not None:", *indented(["def lambda_handler(event, context):", *indented(body)])]


def _decorated(way: str, body: list[str]) -> list[str]:
    inner = [
        "@relabel(function)" if way == "decorator with a decorated wrapper" else "@functools.wraps(function)",
        "def wrapper(event, context):",
        *indented(_DECORATORS[way]),
        "return wrapper",
    ]
    before = _AGAIN if way.endswith(("decorated wrapper", "decorated decorator", "handler on")) else []
    above = ["@relabelled"] if way == "decorated decorator" else []
    decorator = [*above, "def decorate(function):", *indented(inner)]
    return [*before, *decorator, "", "@decorate", "def lambda_handler(event, context):", *indented(body)]
