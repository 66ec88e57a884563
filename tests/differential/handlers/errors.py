"""Handlers that fail in every way that Python has; each is a row of rows/errors.py."""

import os
import sys
import threading


def in_the_middle(event, context):
    """Fails where the event says so, after a first field is final."""
    first = [1, 2]
    if event["fail"]:
        raise LookupError("the second field cannot be computed")
    second = {"n": 2}
    return {"first": first, "second": second}


def chained(event, context):
    try:
        {}["absent"]
    except KeyError as error:
        raise RuntimeError("while looking") from error


def implicitly_chained(event, context):
    try:
        {}["absent"]
    except KeyError:
        raise RuntimeError("while handling")  # noqa: B904


def suppressed(event, context):
    try:
        {}["absent"]
    except KeyError:
        raise RuntimeError("alone") from None


def chained_to_itself(event, context):
    error = ValueError("its own cause")
    raise error from error


def raised_again(event, context):
    try:
        int("x")
    except ValueError as error:
        error.args = ("changed",)
        raise


def raised_by_a_helper_again(event, context):
    error = ValueError("kept")
    for _ in range(3):
        try:
            raise error
        except ValueError:
            pass
    raise error


def in_a_finally(event, context):
    try:
        raise ValueError("first")
    finally:
        os.environ["ABSENT_VARIABLE"]


def in_a_with(event, context):
    with open("/absent/file") as file:
        return file.read()


def in_a_generator(event, context):
    def numbers():
        yield 1
        raise ValueError("in the generator")

    return {"numbers": list(numbers())}


def in_a_comprehension(event, context):
    return {"quotients": [1 // n for n in (1, 0)]}


def in_a_lambda(event, context):
    return (lambda: undefined_name)()  # noqa: F821


def in_a_property(event, context):
    class Thing:
        @property
        def value(self):
            raise AttributeError("from inside")

    return Thing().value


def stop_iteration(event, context):
    return next(iter(()))


def stop_iteration_in_a_generator(event, context):
    def broken():
        yield next(iter(()))

    return list(broken())


def assertion(event, context):
    assert event is None, "an event came"


def assertion_without_words(event, context):
    raise AssertionError


class CustomError(Exception):
    """Carries a type of its own, which AWS's runtime does not look at."""

    errorType = "Custom.Type"

    def __init__(self, message, code):
        super().__init__(message, code)
        self.code = code


def custom(event, context):
    raise CustomError("with a code", 42)


class Outer:
    class InnerError(Exception):
        pass


def nested_class(event, context):
    raise Outer.InnerError("its name is the inner one")


def local_class(event, context):
    class LocalError(ValueError):
        pass

    raise LocalError("defined in the handler")


def lookalike(event, context):
    raise type("Runtime.ExitError", (Exception,), {})("not Lambda's own")


def renamed_class(event, context):
    class Named(Exception):
        pass

    Named.__name__ = "Sandbox.Timedout"
    Named.__qualname__ = "else"
    raise Named("renamed")


def empty_class_name(event, context):
    raise type("", (Exception,), {})("nameless")


def class_name_outside_ascii(event, context):
    class Störung(Exception):
        pass

    raise Störung("ä")


def class_name_with_a_line_break(event, context):
    raise type("Two\nlines", (Exception,), {})("broken name")


def class_that_lies(event, context):
    class Liar(Exception):
        @property
        def __class__(self):
            return KeyError

    raise Liar("not a KeyError")


def metaclass_with_a_name(event, context):
    class Meta(type):
        @property
        def __name__(cls):
            return "FromTheMetaclass"

    class Odd(Exception, metaclass=Meta):
        pass

    raise Odd("whose name?")


def str_raises(event, context):
    class Mute(Exception):
        def __str__(self):
            raise ValueError("no words")

    raise Mute


def str_is_none(event, context):
    class Nothing(Exception):
        def __str__(self):
            return None

    raise Nothing


def str_is_a_subclass(event, context):
    class Text(str):
        pass

    class Subtle(Exception):
        def __str__(self):
            return Text("a str of its own")

    raise Subtle


def str_prints(event, context):
    class Loud(Exception):
        def __str__(self):
            print("asked for its text")
            return "loud"

    raise Loud


def without_a_message(event, context):
    raise ValueError


def message_is_a_number(event, context):
    raise ValueError(0)


def message_is_a_tuple(event, context):
    raise ValueError("a", 1, None)


def message_of_several_lines(event, context):
    raise ValueError("first\n  second\r\nthird\n\n")


def long_message(event, context):
    raise ValueError("long " * 60_000)


def message_outside_ascii(event, context):
    raise ValueError("h\u00e4 \u2028 \U0001f600 \x00 \x1b[31m")


def message_with_a_delete_character(event, context):
    raise ValueError("a \x7f b")


def message_with_a_surrogate(event, context):
    raise ValueError("half \ud83d")


def unicode_error(event, context):
    return b"\xff".decode("utf-8")


def oserror(event, context):
    os.stat("/absent/file")


def recursion(event, context):
    return recursion(event, context)


def recursion_is_caught(event, context):
    try:
        recursion(event, context)
    except RecursionError as error:
        return {"caught": str(error).partition(" while")[0]}


def recursion_in_c(event, context):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return {"text": repr(nested)}


def recursion_in_the_result(event, context):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return {"nested": nested}


def deep_trace(event, context):
    def down(n):
        if n == 0:
            raise ValueError("at the bottom")
        down(n - 1)

    sys.setrecursionlimit(5000)
    down(1000)


def deep_trace_of_two(event, context):
    def even(n):
        return odd(n - 1)

    def odd(n):
        if n < 0:
            raise ValueError("at the bottom")
        return even(n - 1)

    sys.setrecursionlimit(5000)
    even(1000)


def bad_late_import(event, context):
    import bad_syntax  # noqa: F401


def absent_late_import(event, context):
    import no_such_module  # noqa: F401


def in_another_module(event, context):
    from package.inner.module import fail

    fail()


def unpicklable(event, context):
    class Holder(Exception):
        def __init__(self):
            super().__init__("holds a lock")
            self.lock = threading.Lock()

        def __reduce__(self):
            raise TypeError("cannot be pickled")

    raise Holder


def with_attributes_that_raise(event, context):
    class Closed(Exception):
        def __getattr__(self, name):
            raise RuntimeError(f"asked for {name}")

    raise Closed("shut")


def traceback_is_removed(event, context):
    raise ValueError("no trace").with_traceback(None)


def raises_a_shared_exception(event, context):
    raise SHARED


SHARED = ValueError("made at import")


def raises_no_exception(event, context):
    raise "text"  # noqa: B016


def raises_a_bad_cause(event, context):
    raise ValueError("x") from "text"


def builtin_fails(event, context):
    return sorted([1, "a"])
