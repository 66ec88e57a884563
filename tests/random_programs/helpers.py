"""What generated modules may call: each brings along the definitions that it names. Python 3.8."""

import contextlib
import copy
import functools
import json
import sys
import traceback

TRACE = []
CALLS = [0]
TURNS = {}
CACHE = {}
KEPT = []
SHARED = [1]
LAST = None
ERRORS = (ValueError, KeyError, TypeError, RuntimeError)


def effect(name, *args):
    TRACE.append((name, repr(args)))
    return len(TRACE)


def risky(at, point):
    effect("risky", point)
    if at == point:
        raise ERRORS[point % 4]("point %d" % point)
    return point


def again(loop):
    # Two rounds, then an end; in all not many, for a loop may run inside of itself.
    TURNS[loop] = TURNS.get(loop, 0) + 1
    return TURNS[loop] % 3 if TURNS[loop] < 90 else 0


def shaky(n):
    CALLS[0] += 1
    effect("shaky", n)
    if CALLS[0] % 7 == n % 7:
        raise ERRORS[n % 4]("shaky")
    return [n]


def number(n):
    effect("number", n)
    return n + 1


def words(n):
    effect("words", n)
    return "w" * n


def make_ints(n):
    effect("make_ints", n)
    return [n, n + 1]


def make_map(n):
    effect("make_map", n)
    return {"k": n, "m": n + 1}


def make_nest(n):
    effect("make_nest", n)
    return [[n], [n + 1, n]]


def make_tree(n):
    effect("make_tree", n)
    return {"in": [n], "out": [n, n]}


def make_twins(n):
    inner = [n]
    return [inner, inner]


def make_pair(n):
    effect("make_pair", n)
    return n, [n]


def cached(n):
    if ("ints", n) not in CACHE:
        CACHE["ints", n] = make_ints(n)
    return CACHE["ints", n]


def cached_map(n):
    return CACHE.setdefault(("map", n), {"k": n, "m": 0})


def cached_inside(n):
    return [CACHE.setdefault(("inner", n), [n]), [n]]


@functools.lru_cache(maxsize=None)
def memoised(n):
    return [n, n]


def harm(value):
    effect("harm", type(value).__name__)
    if type(value) is list:
        value.append(len(value))
    elif type(value) is dict:
        value["harmed"] = len(value)
    for inner in value[:2] if type(value) in (list, tuple) else ():
        if type(inner) is list:
            inner.append(0)
    return 0


def keep(value):
    KEPT.append(value)
    return value


def keep_part(value):
    KEPT.append(value[0])
    return len(value)


def forget():
    KEPT.clear()


def meddle(n):
    effect("meddle", len(KEPT))
    for value in KEPT[-3:]:
        if type(value) is list:
            value.append(n)
        elif type(value) is dict:
            value["meddled"] = n
    return n


def grow(value):
    effect("grow", value)
    value.append(len(value))
    return len(value)


def put(n, value):
    if n is not None:
        value.append(7)


def growing(function):
    def wrapper(value):
        harm(value)
        return function(value)

    return wrapper


@growing
def peeked(value):
    return len(value)


def promise(value):
    return lambda: value.append(3)


def promise_later(value):
    def later():
        value.append(3)

    return later


def grown_pair(first, second):
    first.append(second)
    return {"first": first, "second": second}


def gathered(**fields):
    for value in fields.values():
        harm(value)
    return {**fields}


def named(first, **rest):
    return {**rest, "size": 1}


def pair(first, second):
    first = number(first)
    second = number(second)
    return {"first": first, "second": second}


def sometimes(flag):
    try:
        return {"other": number(1)}
    finally:
        if flag:
            return {"first": number(2), "second": number(3)}


def changing(function):
    def wrapper(first, second):
        result = function(first, second)
        result["first"] = 5
        return result

    return wrapper


@changing
def changed_pair(first, second):
    first = number(first)
    second = number(second)
    return {"first": first, "second": second}


def own_names():
    return sys._getframe(1).f_code.co_names


def grow_map(value):
    value["grown"] = len(value)
    return len(value)


def take(value):
    effect("take", len(value))
    return value.popitem()[1] if value else 0


def grow_part(value):
    value[0].append(7)
    return len(value)


def same(value):
    effect("same", value)
    return value


def first_of(value):
    return value[0]


def inside_of(value):
    return value["in"]


def wrapped(value):
    return [value, [0]]


def seen(value, values=[]):
    values.append(value)
    return len(values)


def seen_then_grown(value, values=[]):
    values.append(value)
    for one in values[-2:]:
        one.append(len(values))
    return len(values)


def make_adder():
    values = []

    def add(n):
        values.append(n)
        return values

    return add


# What is kept is never in what is given: values that hold each other would grow without end.
ADD = make_adder()
HOLD = make_adder()


def count_up(n):
    for i in range(n):
        effect("count_up", i)
        yield i


def lend(value):
    effect("lend", value)
    yield value
    value.append(5)


async def fetch(n):
    effect("fetch", n)
    return [n, n]


async def fetch_all(n):
    return [await fetch(n), await fetch(n + 1)]


def drive(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


class Holding:
    def __init__(self, value, swallows=False):
        self.value = value
        self.swallows = swallows

    def __enter__(self):
        effect("enter", self.value)
        return self.value

    def __exit__(self, kind, error, trace):
        effect("exit", kind and kind.__name__)
        if type(self.value) is list:
            self.value.append(-1)
        return self.swallows


class Watching:
    def __init__(self, value):
        self.value = value

    def __enter__(self):
        effect("watching", self.value)
        return self.value

    def __exit__(self, kind, error, trace):
        effect("watched", kind and kind.__name__)
        if type(self.value) is list:
            self.value.append(-2)


class Quiet:
    def __init__(self, *kinds):
        self.kinds = kinds

    def __enter__(self):
        return make_ints(4)

    def __exit__(self, kind, error, trace):
        return kind is not None and issubclass(kind, self.kinds)


@contextlib.contextmanager
def lending(value):
    effect("lending", value)
    try:
        yield value
    finally:
        effect("lent", value)


@contextlib.contextmanager
def forgiving(value):
    try:
        yield value
    except ValueError:
        effect("forgiven", value)


class Box:
    def __init__(self):
        self.items = []
        self.last = None

    def put(self, value):
        self.last = value
        return value

    def give(self, n):
        self.items.append(n)
        return self.items

    def change(self, n):
        if type(self.last) is list:
            self.last.append(n)
        return n


BOX = Box()


class Odd:
    def __eq__(self, other):
        return harm(other) == 1

    def __radd__(self, other):
        return harm(other)

    def __repr__(self):
        return "Odd()"


ODD = Odd()


def make_odd():
    return Odd()


class Lists(list):
    pass
