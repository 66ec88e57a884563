"""What a handler returns, byte for byte as it is posted."""

from __future__ import annotations

from collections.abc import Iterator

from differential.row import Row, words

WHOLE = """\
{imports}
VALUES = [{values}]


def handler(event, context):
    return VALUES[event]()
"""
FIELD = """\
{imports}
VALUES = [{values}]


def handler(event, context):
    first = VALUES[event]()
    second = len(str(event))
    return {{"first": first, "second": second}}
"""


def results(name: str, *expressions: str, imports: str = "", **rest: object) -> Iterator[Row]:
    """Each expression as a whole result, then each as the first of two fields: the shape that streams."""
    events = [str(number) for number in range(len(expressions))]
    for suffix, template in (("", WHOLE), ("_in_a_field", FIELD)):
        values = "".join(f"\n    lambda: {expression}," for expression in expressions) + "\n"
        yield Row(f"{name}{suffix}", template.format(imports=imports, values=values), events, **rest)


CLASSES = """\
import collections, dataclasses, enum, typing

class Text(str):
    def __str__(self):
        return "other"

class Number(int):
    def __repr__(self):
        return "repr"
    __str__ = __repr__

class Real(float):
    def __repr__(self):
        return "repr"

class Row(list):
    def __iter__(self):
        return iter(["iterated"])

class Table(dict):
    def items(self):
        return [("items", 1)]

class Missing(dict):
    def __missing__(self, key):
        return "missing"

class Colour(enum.Enum):
    RED = "red"

class Level(enum.IntEnum):
    LOW = 1

class Bits(enum.IntFlag):
    A = 1
    B = 2

class Word(str, enum.Enum):
    HELLO = "hello"

@dataclasses.dataclass
class Data:
    a: int = 1

class Point(typing.NamedTuple):
    x: int
    y: object

Pair = collections.namedtuple("Pair", "left right")

class Like:
    def _asdict(self):
        return {"as": "dict"}

class ForJson:
    def for_json(self):
        return "never asked"

class Listed(tuple):
    pass
"""
DELETED = """\
import os


class Result(dict):
    def __del__(self):
        print("deleted", sum(range(300_000)))
        if "exit" in self:
            os._exit(self["exit"])


def handler(event, context):
    return Result(event)
"""
DEEP_LISTS = """\
def deep(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value
"""
SURROUNDINGS = (
    ("without_an_environment", {"AWS_EXECUTION_ENV": None}),
    ("in_an_older_environment", {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.9"}),
    ("in_a_newer_environment", {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.14"}),
)
TEXTS = (
    '"é€\\u2028\\u2029\\U0001f600"',
    '"".join(map(chr, range(0x20)))',
    '"\\x7f\\x80\\x9f\\xa0\\ufeff\\uffff"',
    '"\\"\\\\/<script>&amp;</script>"',
    '""',
    '"a" * 70000',
    '"é" * 70000',
)
DEPTHS = (100, 300, 450, 600, 900, 950, 980, 985, 1000, 1100, 5000)

ROWS: list[Row] = [
    *results("constants", "None", "True", "False", "[]", "{}", "()", "[[], {}, ()]"),
    *results("integers", "0", "-1", "2**31", "2**63", "-2**64", "10**40", "10**4299"),
    *results("integers_too_large_for_text", "10**4300", "[10**5000]", "{10**4400: 1}"),
    *results("floats", *words("1.0 -0.0 0.1 1e16 1e22 1e-7 1.5e300 5e-324 123456789012345678.0 1/3")),
    *results("texts", *TEXTS),
    *results(
        "decimals",
        *(
            f'decimal.Decimal("{text}")'
            for text in words("1.10 1E+5 -0 0E-10 1e400 123456789012345678901234567890")
        ),
        '{"nested": [decimal.Decimal("2.50")]}',
        "{decimal.Decimal(1): 1}",
        imports="import decimal",
    ),
    *results("keys", '{1: "a", "1": "b"}', "{1.5: 1, None: 2, True: 3, False: 4}", '{"é\\u2028": 1, "": 2}'),
    *results("large_number_keys", "{2**70: 1}", "{1e22: 1}", "{-0.0: 1}"),
    *results(
        "keys_of_classes",
        "{Text('k'): 1}",
        "{Level.LOW: 1}",
        "{Word.HELLO: 1}",
        "{Number(5): 1}",
        imports=CLASSES,
    ),
    *results(
        "keys_that_cannot_be",
        "{(1, 2): 3}",
        "{b'bytes': 1}",
        "{frozenset(): 1}",
        "{'a': {(): 1}}",
        "{object: 1}",
    ),
    *results(
        "keys_in_their_order",
        '{"b": 1, "a": 2, "c": {"z": 1, "y": 2}}',
        "dict(reversed([('a', 1), ('b', 2)]))",
    ),
    *results("tuples", "(1, (2,))", '{"a": (1, {"b": ()})}', "Listed((1, 2))", imports=CLASSES),
    *results(
        "named_tuples",
        "Point(1, [2])",
        "Pair(Pair(1, 2), {'p': Point(3, 4)})",
        "[Pair(1, None)]",
        imports=CLASSES,
    ),
    *results(
        "subclasses",
        "Text('é')",
        "Number(5)",
        "Real(1.5)",
        "Row([1])",
        "Table(a=1)",
        "Missing(a=1)",
        imports=CLASSES,
    ),
    *results(
        "enumerations",
        "Level.LOW",
        "Bits.A | Bits.B",
        "Word.HELLO",
        "[Level.LOW]",
        "Colour.RED",
        imports=CLASSES,
    ),
    *results(
        "mappings",
        "collections.OrderedDict(b=1, a=2)",
        "collections.defaultdict(list, a=[1])",
        "collections.Counter('aab')",
        "collections.ChainMap({'a': 1})",
        "collections.UserDict(a=1)",
        "types.MappingProxyType({'a': 1})",
        imports="import collections, types",
    ),
    *results(
        "described", "Like()", "[Like(), {'a': Like()}]", "ForJson()", "Data()", "[Data()]", imports=CLASSES
    ),
    *results(
        "collections_that_are_no_lists",
        *(
            "{1}",
            "frozenset()",
            "range(3)",
            "(n for n in [1])",
            "{}.keys()",
            "{}.values()",
            "{}.items()",
            "iter([])",
        ),
        *("collections.deque([1])", "collections.UserList([1])", "array.array('i', [1])", "map(str, [1])"),
        imports="import array, collections",
    ),
    *results(
        "values_that_are_no_json",
        *("object", "len", "lambda: 1", "...", "NotImplemented", "1j", "sys", "ValueError('x')", "print"),
        imports="import sys",
    ),
    *results(
        "library_values",
        "datetime.datetime(2026, 1, 2)",
        "datetime.date(2026, 1, 2)",
        "datetime.timedelta(1)",
        "uuid.UUID(int=1)",
        "pathlib.PurePosixPath('/a')",
        "fractions.Fraction(1, 3)",
        "ipaddress.ip_address('::1')",
        "re.compile('a')",
        imports="import datetime, fractions, ipaddress, pathlib, re, uuid",
    ),
    *results(
        "bytes_inside",
        '{"a": b"text"}',
        "[b'\\xc3\\xa9', b'']",
        '{"a": b"\\xff"}',
        "[bytearray(b'a')]",
        "[memoryview(b'a')]",
    ),
    *results("bytearrays", "bytearray(b'a')", "memoryview(b'a')"),
    *results(
        "circles",
        "circle([])",
        "circle([1, {}])",
        "(lambda d: d.__setitem__('d', d) or d)({})",
        "(lambda l: [l, l, {'l': l}])([1])",
        imports="def circle(value):\n    value.append(value)\n    value.append([value, value])\n    return value\n",
    ),
    *results(
        "errors_while_encoding",
        "Fails()",
        "[Fails()]",
        "{'a': Exits()}",
        "{'a': Odd()}",
        imports="""\
class Fails(dict):
    def items(self):
        raise KeyError("items")
    def __len__(self):
        return 1
class Exits(dict):
    def items(self):
        raise AttributeError
    def __len__(self):
        return 1
class Odd:
    @property
    def _asdict(self):
        raise LookupError("asked for _asdict")
""",
    ),
    *results(
        "deep_lists",
        *(f"deep({depth})" for depth in DEPTHS),
        imports=DEEP_LISTS,
    ),
    *results(
        "deep_dicts",
        *(f"deep({depth})" for depth in DEPTHS),
        imports="""\
def deep(depth):
    value = {}
    for _ in range(depth):
        value = {"k": value}
    return value
""",
    ),
    *results(
        "recursion_limit_of_the_user",
        "deep(3000)",
        "deep(1000)",
        imports="import sys\nsys.setrecursionlimit(5000)\n" + DEEP_LISTS,
    ),
    *results("large", '"x" * 1_000_000', "[1.5] * 100_000", "[{'k': n} for n in range(20_000)]"),
    Row("six_megabytes", FIELD.format(imports="", values="lambda: 'x' * 6_200_000"), ["0", "0"]),
    Row("more_than_six_megabytes", FIELD.format(imports="", values="lambda: 'x' * 6_291_556"), ["0", "0"]),
    Row(
        "error_of_six_megabytes",
        "def handler(event, context):\n    raise ValueError('x' * 6_291_556)\n",
        ["{}", "{}"],
    ),
    *(
        Row(f"too_large_for_next_{name}", WHOLE.format(imports="", values=f"lambda: {value}"), ["0", "0"])
        for name, value in {
            "text": "'x' * 6_291_554",
            "outside_ascii": "'é' * 1_048_000",
            "bytes": "b'[' + b'1,' * 3_000_000 + b'1]'",
        }.items()
    ),
    *(
        Row(f"surrogate_{name}", WHOLE.format(imports="", values=f"lambda: {value}"), ["0", "0"])
        for name, value in {
            "alone": '"\\ud800"',
            "in_a_field": '{"a": 1, "b": "\\udfff"}',
            "in_a_key": '{"\\ud800": 1}',
            "pair": '"\\ud83d\\ude00"',
        }.items()
    ),
    Row("surrogate_streamed", FIELD.format(imports="", values='lambda: "\\ud800"'), ["0", "0"]),
    Row("no_json_bytes", "def handler(event, context):\n    return b'\\x00\\xffraw'\n", ["{}", "{}"]),
    *results("no_json_nan", 'float("nan")', '[float("inf"), -float("inf")]', '{float("nan"): 1}'),
    *results(
        "no_json_decimals",
        *(f'decimal.Decimal("{text}")' for text in ("NaN", "sNaN", "-NaN", "Infinity", "-Infinity")),
        imports="import decimal",
    ),
    Row("json_bytes", "def handler(event, context):\n    return b'{\"a\": 1}'\n", ["{}", "{}"]),
    *(
        Row(
            f"results_{name}",
            WHOLE.format(imports="import decimal", values=", ".join(f"lambda: {text}" for text in TEXTS)),
            [str(number) for number in range(len(TEXTS))],
            env=env,
        )
        for name, env in SURROUNDINGS
    ),
    *(
        Row(
            f"errors_{name}",
            "def handler(event, context):\n    raise ValueError('é€\\u2028\\U0001f600')\n",
            ["{}"],
            env=env,
        )
        for name, env in SURROUNDINGS
    ),
    Row(
        "environment_is_changed",
        """\
import os

def handler(event, context):
    os.environ["AWS_EXECUTION_ENV"] = event
    if event:
        return "é"
    raise ValueError("é")
""",
        ['"AWS_Lambda_python3.9"', '""', '"AWS_Lambda_python3.12"'],
    ),
    Row("deleted_after_the_response", DELETED, ['{"a": 1}', '{"a": 2}', '{"exit": 3}', "{}"]),
    Row(
        "at_the_recursion_limit",
        WHOLE.format(imports=DEEP_LISTS, values="lambda: deep(991)"),
        ["0"],
        pythons=("3.9", "3.10", "3.11"),
    ),
]
