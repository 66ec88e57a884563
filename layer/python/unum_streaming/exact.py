"""The long way from and to JSON: every type and every error as simplejson has it. Loaded when `encoding` gives up."""

import sys

from . import encoding

_SPACE = " \t\n\r"
_PLAIN = (str, int, float, bool, type(None))
# From 3.12 on the interpreter makes each exception at once, and simplejson asks every value for `_asdict`.
_TOO_DEEP = "calling a Python object" if sys.version_info >= (3, 12) else "encoding a JSON object"


def encode(value, ascii, encoder):
    fast, string = encoder
    _refuse_what_is_pending(value)
    if isinstance(value, bytes):
        return string(str(value, "utf-8"))
    if isinstance(value, str):
        return string(value)
    out = []
    try:
        if _is_plain(value):
            return "".join(fast(value, 0))
        _Encoder(out.append, encoder).write(value)
    except RecursionError:
        raise RecursionError("maximum recursion depth exceeded while " + _TOO_DEEP) from None
    return "".join(out)


def _is_plain(value):
    """Made of exact built-in types and events only, no cycle, however deep."""
    events = encoding.events()
    open_ids = set()
    stack = [iter((value,))]
    owners = [None]
    while stack:
        for item in stack[-1]:
            kind = type(item)
            if kind in _PLAIN:
                continue
            is_dict = kind is dict or kind in events
            if not is_dict and kind not in (list, tuple) or id(item) in open_ids:
                return False
            if is_dict and not all(type(key) in _PLAIN for key in item):
                return False
            open_ids.add(id(item))
            owners.append(id(item))
            stack.append(iter(item.values() if is_dict else item))
            break
        else:
            stack.pop()
            open_ids.discard(owners.pop())
    return True


def _refuse_what_is_pending(value):
    """What stands in a field's place has got here past the methods of the event."""
    pending = sys.modules.get(__package__ + ".pending")
    if pending is not None and type(value) is pending.PendingField:
        value._refuse()


def _is(value, kinds):
    """As C code asks: whatever an object says its class is."""
    return issubclass(type(value), kinds)


class _Encoder:
    """Goes down into containers on a stack of its own: as deep as C code does, whatever Python's own frames would take."""

    def __init__(self, out, encoder):
        self.out = out
        self.fast, self.string = encoder
        self.open = set()
        self.next_check = 16

    def write(self, value):
        stack = [iter((value,))]
        while stack:
            for value in stack[-1]:
                if not self.write_scalar(value):
                    stack.append(self.parts(value))
                    self.check_depth(len(stack))
                    break
            else:
                stack.pop()

    def check_depth(self, depth):
        """Asks C code now and then whether it would come that far: that hangs on the interpreter and on what is below."""
        if depth == self.next_check:
            self.next_check += max(16, depth // 64)
            value = 1
            for _ in range(depth):
                value = [value]
            self.fast(value, 0)

    def write_scalar(self, value):
        if _is(value, str):
            self.out(self.string(value))
        elif _is(value, bytes):
            self.out(self.string(str(value, "utf-8")))
        elif value is None:
            self.out("null")
        elif value is True:
            self.out("true")
        elif value is False:
            self.out("false")
        elif _is(value, int):
            self.out(_int(value))
        elif _is(value, float):
            self.out(_float(value))
        else:
            return False
        return True

    def parts(self, value):
        """Writes a container while it is gone through; gives each value to be written in between."""
        as_dict = _called(value, "_asdict")
        if as_dict:
            if not _is(as_dict[0], dict):
                raise TypeError("_asdict() must return a dict, not %.80s" % type(as_dict[0]).__name__)
            self.enter(value)
            return self.pairs(as_dict[0], value)
        if _is(value, (list, tuple)):
            return self.items(value)
        if _is(value, dict):
            return self.pairs(value)
        if _is_raw(value):
            self.out(value.encoded_json)
        else:
            self.enter(value)
            self.write_other(value)
            self.leave(value)
        return iter(())

    def enter(self, value):
        if id(value) in self.open:
            raise ValueError("Circular reference detected")
        self.open.add(id(value))

    def leave(self, value):
        self.open.discard(id(value))

    def items(self, values):
        if type(values) in (list, tuple) and not values:
            self.out("[]")
            return
        self.enter(values)
        before = "["
        for value in values:
            self.out(before)
            before = ", "
            yield value
        self.out("[]" if before == "[" else "]")
        self.leave(values)

    def pairs(self, values, owner=None):
        """`owner` has given `values` for itself."""
        if not dict.__len__(values):
            self.out("{}")
        else:
            self.enter(values)
            before = ""
            self.out("{")
            for pair in values.items() if type(values) is dict else list(values.items()):
                if not _is(pair, tuple) or len(pair) != 2:
                    raise ValueError("items must return 2-tuples")
                key = _key(pair[0])
                self.out(before)
                before = ", "
                self.out(self.string(key))
                self.out(": ")
                yield pair[1]
            self.out("}")
            self.leave(values)
        if owner is not None:
            self.leave(owner)

    def write_other(self, value):
        _refuse_what_is_pending(value)
        decimal = sys.modules.get("decimal")
        if decimal is None or not _is(value, decimal.Decimal):
            raise TypeError("Object of type %s is not JSON serializable" % value.__class__.__name__)
        self.out("NaN" if value.is_nan() else str(value))


def _int(value):
    return str(value if type(value) is int else int(value))


def _float(value):
    text = float.__repr__(value)
    if text == "nan":
        return "NaN"
    if text in ("inf", "-inf"):
        return text.replace("inf", "Infinity")
    return text if type(value) is float else repr(float(value))


def _key(key):
    if _is(key, str):
        return key
    if _is(key, bytes):
        return str(key, "utf-8")
    if _is(key, float):
        return _float(key)
    if key is True:
        return "true"
    if key is False:
        return "false"
    if key is None:
        return "null"
    if _is(key, int):
        return _int(key)
    _refuse_what_is_pending(key)
    raise TypeError("keys must be str, int, float, bool or None, not %.100s" % type(key).__name__)


def _called(value, name):
    method = getattr(value, name, None)
    if not callable(method):
        return None
    try:
        return (method(),)
    except TypeError:
        return None


def _is_raw(value):
    module = sys.modules.get("simplejson.raw_json")
    return module is not None and isinstance(value, module.RawJSON)


class JSONDecodeError(ValueError):
    def __init__(self, message, text, at, end=None):
        place = "line %d column %d" % _line_and_column(text, at)
        if end is None:
            super().__init__("%s: %s (char %d)" % (message, place, at))
        else:
            place += " - line %d column %d" % _line_and_column(text, end)
            super().__init__("%s: %s (char %d - %d)" % (message, place, at, end))


def _line_and_column(text, at):
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def decode(text, start):
    """The value of `text`, or the error that simplejson has for it."""
    try:
        value, end = _Decoder(text).value(start)
    except RecursionError:
        raise RecursionError(
            "maximum recursion depth exceeded while decoding a JSON object from a string"
        ) from None
    end = _skip(text, end)
    if end != len(text):
        raise JSONDecodeError("Extra data", text, end, len(text))
    return value


def _skip(text, at):
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


_WORDS = {"null": None, "true": True, "false": False}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")


class _Decoder:
    def __init__(self, text):
        self.text = text

    def fail(self, message, at):
        return JSONDecodeError(message, self.text, at)

    def char(self, at):
        return self.text[at : at + 1]

    def value(self, at):
        char = self.char(at)
        if char == '"':
            return self.string(at + 1)
        if char == "{":
            return self.object(_skip(self.text, at + 1))
        if char == "[":
            return self.array(_skip(self.text, at + 1))
        for word in _WORDS:
            if self.text.startswith(word, at):
                return _WORDS[word], at + len(word)
        return self.number(at)

    def number(self, start):
        at = start + (self.char(start) == "-")
        if self.char(at) not in _DIGITS:
            raise self.fail("Expecting value", start)
        at = at + 1 if self.char(at) == "0" else self.digits(at)
        whole = at
        if self.char(at) == "." and self.char(at + 1) in _DIGITS:
            at = self.digits(at + 1)
        if self.char(at) in ("e", "E"):
            exponent = at + 1 + (self.char(at + 1) in ("+", "-"))
            if self.char(exponent) in _DIGITS:
                at = self.digits(exponent)
        text = self.text[start:at]
        return (int(text) if at == whole else float(text)), at

    def digits(self, at):
        while self.char(at) in _DIGITS:
            at += 1
        return at

    def string(self, start):
        text, at, parts = self.text, start, []
        while True:
            begin = at
            while at < len(text) and text[at] not in '"\\' and text[at] > "\x1f":
                at += 1
            parts.append(text[begin:at])
            if at == len(text):
                raise self.fail("Unterminated string starting at", start - 1)
            if text[at] == '"':
                return "".join(parts), at + 1
            if text[at] != "\\":
                raise self.fail("Invalid control character %r at" % text[at], at)
            char, at = self.escape(at + 1, start)
            parts.append(char)

    def escape(self, at, start):
        char = self.char(at)
        if not char:
            raise self.fail("Unterminated string starting at", start - 1)
        if char != "u":
            if char not in _ESCAPES:
                raise self.fail("Invalid \\X escape sequence %r" % char, at)
            return _ESCAPES[char], at + 1
        code, at = self.four_hex(at + 1), at + 5
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", at):
            low = self.four_hex(at + 2)
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((code - 0xD800) << 10) + low - 0xDC00), at + 6
        return chr(code), at

    def four_hex(self, at):
        digits = self.text[at : at + 4]
        if len(digits) < 4 or not _HEX.issuperset(digits):
            raise self.fail("Invalid \\uXXXX escape sequence", at - 2)
        return int(digits, 16)

    def object(self, at):
        result = {}
        if self.char(at) == "}":
            return result, at + 1
        while True:
            if self.char(at) != '"':
                hint = "" if result else " or '}'"
                raise self.fail("Expecting property name enclosed in double quotes" + hint, at)
            key, at = self.string(at + 1)
            at = _skip(self.text, at)
            if self.char(at) != ":":
                raise self.fail("Expecting ':' delimiter", at)
            result[key], at = self.value(_skip(self.text, at + 1))
            at, more = self.next(at, "}", "object")
            if not more:
                return result, at

    def array(self, at):
        result = []
        if self.char(at) == "]":
            return result, at + 1
        if not self.char(at):
            raise self.fail("Expecting value or ']'", at)
        while True:
            value, at = self.value(at)
            result.append(value)
            at, more = self.next(at, "]", "array")
            if not more:
                return result, at

    def next(self, at, end, kind):
        """Where the next element starts, and whether there is one."""
        at = _skip(self.text, at)
        if self.char(at) == end:
            return at + 1, False
        if self.char(at) != ",":
            raise self.fail("Expecting ',' delimiter or '%s'" % end, at)
        after = _skip(self.text, at + 1)
        if self.char(after) == end:
            raise self.fail("Illegal trailing comma before end of " + kind, at)
        return after, True


def end_of_value(text, start):
    """Where the JSON value that begins at `start` ends, however deeply it is nested."""
    import re

    token = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^"\[\]{},]+|,')
    depth = 0
    for found in token.finditer(text, start):
        first = found.group()[0]
        if first in "[{":
            depth += 1
        elif first in "]}":
            if depth == 0:
                return found.start()
            depth -= 1
        elif first == "," and depth == 0:
            return found.start()
        if depth == 0 and first in '"]}':
            return found.end()
    return len(text)
