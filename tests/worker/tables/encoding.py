"""Encodes and decodes a table of values with our encoder and, where asked to, with the reference's."""

import collections
import decimal
import enum
import json
import os
import random
import sys

LAYER, KIND, UNICODE = sys.argv[1:4]
os.environ["AWS_EXECUTION_ENV"] = "AWS_Lambda_python3.12" if UNICODE == "unicode" else "elsewhere"
sys.path.insert(0, LAYER)

if KIND == "reference":
    sys.path.append(sys.argv[4])
    from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

    MARSHALLER = LambdaMarshaller()

    def encode(value):
        return MARSHALLER.jsonEncoder.encode(value)

    def decode(data):
        return MARSHALLER.unmarshal_request(data)

else:
    from unum_streaming.encoding import decode, encode


class Int(int):
    def __repr__(self):
        return "no"

    __str__ = __repr__


class IntWithHook(int):
    def __int__(self):
        return 99


class Float(float):
    def __repr__(self):
        return "no"


class Text(str):
    def __str__(self):
        return "no"


class Bytes(bytes):
    pass


class List(list):
    def __iter__(self):
        return iter(["own"])


class Tuple(tuple):
    pass


class Dict(dict):
    def items(self):
        return [("own", 1)]


class AsDict:
    def __init__(self, value):
        self.value = value

    def _asdict(self):
        return self.value


class AsDictRaises:
    def _asdict(self):
        raise KeyError("from _asdict")


class AsDictNeedsMore:
    def _asdict(self, more):
        return {}


class Endless:
    def _asdict(self):
        return {"a": Endless()}


class ForJson:
    def for_json(self):
        return 1


class Color(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


class Word(str, enum.Enum):
    A = "a"


class MyDecimal(decimal.Decimal):
    pass


Point = collections.namedtuple("Point", "a b")
D = decimal.Decimal
NAN, INF = float("nan"), float("inf")


def cyclic_list():
    a = [1]
    a.append(a)
    return a


def cyclic_dict():
    a = {}
    a["b"] = {"c": a}
    return a


def cyclic_default():
    a = [1]
    value = AsDict({"a": a})
    a.append(value)
    return value


def deep(levels, make):
    value = make(1)
    for _ in range(levels):
        value = make(value)
    return value


def at_random(chance, scalars, levels):
    if levels == 0 or chance.random() < 0.25:
        return chance.choice(scalars)
    values = [at_random(chance, scalars, levels - 1) for _ in range(chance.randrange(4))]
    pairs = dict(zip(("a", b"b", 1, 2.5, None, True, Text("t"), Word.A)[chance.randrange(6) :], values))
    makers = (list, tuple, lambda values: values + values, lambda values: Point(values, 1))
    wholes = [make(values) for make in makers]
    wholes += [pairs, collections.OrderedDict(pairs), Dict(pairs), AsDict(pairs)]
    if chance.random() < 0.05:
        values.append(chance.choice(wholes))
    return chance.choice(wholes)


def scalars():
    yield from (0, 1, -1, 2**53, -(2**63), 2**64, 10**30, True, False, None)
    yield from (0.0, -0.0, 1.0, 1.5, 1e16, 1e22, 1e-7, 1e100, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3)
    yield from (NAN, INF, -INF, Float(1.5), Float("nan"), Float("-inf"), Int(7), IntWithHook(7))
    yield from (
        "",
        "a",
        "é",
        "€",
        "\u2028\u2029",
        "\U0001f600",
        "\x00\x1f\x7f\x80",
        '"\\/',
        "\b\f\n\r\t",
        "<>&'",
    )
    yield from ("\ud800", "\udfff", "\ud83d\ude00", Text("t"), "x" * 300, "\xad\u200b\ufeff")
    yield from (b"", b"abc", "é".encode(), b"\xff", Bytes(b"b"), bytearray(b"a"), memoryview(b"a"))
    yield from (D("1.10"), D("1E+5"), D("NaN"), D("sNaN"), D("-NaN"), D("Infinity"), D("-Infinity"), D("-0"))
    yield from (
        MyDecimal("2.50"),
        Color.RED,
        Number.ONE,
        Word.A,
        1j,
        object,
        Ellipsis,
        range(3),
        {1},
        frozenset(),
    )
    yield from (Point(1, "b"), Tuple((1, 2)), Tuple(), List([1]), Dict(a=1), Dict())
    yield from (
        AsDict({"a": 1}),
        AsDict({}),
        AsDict([1]),
        AsDict(None),
        AsDictRaises(),
        AsDictNeedsMore(),
        ForJson(),
    )
    yield from (
        collections.OrderedDict(b=1, a=2),
        collections.defaultdict(list, a=[1]),
        collections.Counter("ab"),
    )
    yield from (
        collections.deque([1]),
        collections.ChainMap({"a": 1}),
        iter([1]),
        (i for i in "a"),
        lambda: 1,
        sys,
    )
    yield from (collections.UserDict(a=1), collections.UserList([1]), type("Odd", (), {})(), ValueError("e"))


def values():
    plain = list(scalars())
    yield from plain
    for value in plain:
        yield [value]
        yield {"k": value}
        yield (1, {"a": [value, None]})
    for key in plain:
        try:
            yield {key: 1}
            yield {"a": 1, key: [key]}
        except TypeError:
            pass
    yield from ([], {}, (), [[]], [{}], {"a": {}}, [()], ((),), {"": ""}, {"é": "é"}, [1, [2, [3, [4]]]])
    yield {1: "a", "1": "b", 1.0: "c", True: "d", None: "e", "null": "f"}
    yield {"b": 1, "a": 2, "c": {"z": 1, "y": 2}}
    yield from (cyclic_list(), cyclic_dict(), cyclic_default())
    shared = [1]
    yield [shared, shared, {"a": shared}]
    yield from (deep(100, lambda v: [v]), deep(100, lambda v: {"a": v}), deep(60, lambda v: [D(1), v]))
    yield deep(100_000, lambda v: [v])
    yield Endless()
    chance = random.Random(20261201)
    for _ in range(300):
        yield at_random(chance, plain, chance.randrange(1, 6))
    yield [{"id": i, "name": "n%d" % i, "tags": ["a", "é"], "price": i / 3} for i in range(50)]
    yield [10**5000]
    yield {10**5000: 1}


TEXTS = [
    b"",
    b" ",
    b"null",
    b" true ",
    b"\xef\xbb\xbf{}",
    "\xef\xbb\xbf[1]".encode(),
    b"\xef\xbb\xbf",
    b'"\xff"',
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"[NaN]",
    b'{"a": -Infinity}',
    b"nul",
    b"-",
    b"-a",
    b"01",
    b"1.",
    b"1.e1",
    b"1e",
    b"1e+",
    b"1E5",
    b"-0",
    b"-0.0",
    b"1e400",
    b".5",
    b"+1",
    b"1 2",
    b"[1,]",
    b"[1 , ]",
    b"[,1]",
    b"[1",
    b"[",
    b"[ ",
    b"[1,",
    b"[1 2]",
    b"{",
    b"{ ",
    b"{}",
    b'{"a"',
    b'{"a" ',
    b'{"a":',
    b'{"a": ',
    b'{"a":1',
    b'{"a":1,',
    b'{"a":1, ',
    b'{"a":1,}',
    b'{"a":1 , }',
    b'{"a" 1}',
    b"{a: 1}",
    b"{1: 1}",
    b'{"a":1 "b":2}',
    b'{"a":1,b}',
    b'{"a":1,"a":2}',
    b'"',
    b'"a',
    b'"\\',
    b'"\\x"',
    b'"\\u12"',
    b'"\\u12g4"',
    b'"\\ud83d\\ude00"',
    b'"\\ud83d"',
    b'"\\ud83d\\u0041"',
    b'"\\ud83d\\uzzzz"',
    b'"\\ude00\\ud83d"',
    b'"\\ud83d\\ud83d\\ude00"',
    b'"\\/\\b\\f\\n\\r\\t\\"\\\\"',
    b'"\n"',
    b'"\x00"',
    b'"\x7f"',
    b"[1,\n2,\n x]",
    b'{"a": [1, 2, {"b": nul}]}',
    b"\x0b1",
    b"1\x0c",
    "[1]\u00a0".encode(),
    b"1" * 5000,
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"'a'",
    b"//",
    b"tru",
    b"truex",
    b"[true false]",
    b"\x00",
]
SEEDS = [
    b'{"a": [1, 2.5, -3e2, "x\\n\\u00e9\\ud83d\\ude00", null, true], "b": {"c": {}, "d": []}, "e": ""}',
    '[{"é": "ü"}, "\u2028", 12345678901234567890, 0.1e-5]'.encode(),
]


def texts():
    yield from TEXTS
    chance = random.Random(20261123)
    for _ in range(1500):
        data = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data))
            what = chance.randrange(3)
            if what == 0:
                del data[at : at + chance.randrange(1, 5)]
            elif what == 1:
                data[at : at + 1] = bytes([chance.choice(b'{}[]",:\\u0e+-. \n\x01tfnN9')])
            else:
                data.insert(at, chance.choice(b'{}[]",:\\u0e+-. \n\x01tfnN9'))
        yield bytes(data)


def outcome(function, value):
    try:
        return function(value)
    except RecursionError:
        return "RecursionError"
    except Exception as error:
        message = str(getattr(error, "msg", error)) if KIND == "reference" else str(error)
        prefix = "Unable to unmarshal input: "
        message = message[len(prefix) :] if message.startswith(prefix) else message
        return "RecursionError" if message.startswith("maximum recursion depth") else "error: " + message


def typed(value):
    """Tells 1 from 1.0 and from true."""
    return repr(value)


if __name__ == "__main__":
    if KIND == "ours":
        del sys.modules["json.decoder"]  # the worker does not load it
    print(
        json.dumps(
            {
                "encode": [outcome(encode, value) for value in values()],
                "decode": [[repr(data[:200]), outcome(lambda d: typed(decode(d)), data)] for data in texts()],
            }
        )
    )
