"""What users write: each name here is a handler of the scenarios in test_reference.py."""

import collections
import decimal
import os
import sys


def echo(event, context):
    return event


def nothing(event, context):
    pass


def text(event, context):
    return "é€\u2028\U0001f600"


def raw(event, context):
    return b"\x00\xffraw"


def kind(event, context):
    return [type(event).__name__, repr(event)]


def decimals(event, context):
    return {"price": decimal.Decimal("1.10"), "none": decimal.Decimal("NaN")}


def named(event, context):
    return collections.namedtuple("Point", "a b")(1, [2])


def unserializable(event, context):
    return {"a": object}


def circular_twice(event, context):
    value = []
    value += [value, {"again": value}, value]
    return {"a": value, "b": 1}


def circular(event, context):
    event["self"] = event
    return event


async def coroutine(event, context):
    return 1


def inner(depth):
    if depth:
        return inner(depth - 1)
    raise LookupError("é\nsecond line")


def raises(event, context):
    return inner(2)


def recurses(event, context):
    return recurses(event, context)


def raises_without_message(event, context):
    raise ValueError


def raises_from(event, context):
    try:
        inner(0)
    except LookupError as error:
        raise KeyError("outer") from error


class Odd(Exception):
    def __str__(self):
        return "odd one"


def raises_own(event, context):
    raise Odd(1, 2)


def raises_in_another_file(event, context):
    import json

    return json.loads("{")


def raises_in_compiled_text(event, context):
    exec(compile("def f():\n    1 / 0\nf()", "<text>", "exec"), {})


def unicode_error(event, context):
    raise ValueError("caf\u00e9 \u2028 \U0001f600 " + "x" * 300)


def exits(event, context):
    sys.exit(event["code"])


def interrupted(event, context):
    raise KeyboardInterrupt("stop")


def generator_exit(event, context):
    raise GeneratorExit


def hard_exit(event, context):
    os._exit(7)


def trace(event, context):
    return os.environ.get("_X_AMZN_TRACE_ID")


def describe(event, context):
    names = sorted(vars(context))
    return {
        "repr": repr(context),
        "names": list(vars(context)),
        "values": [repr(getattr(context, name)) for name in names],
        "left": context.get_remaining_time_in_millis() > 0,
        "type": type(context.get_remaining_time_in_millis()).__name__,
        "w3c": context.w3c(),
        "dir": [name for name in dir(context) if not name.startswith("_")],
    }


def expired(event, context):
    return context.get_remaining_time_in_millis()


def prints(event, context):
    print("to stdout", {"a": 1})
    print("to stderr", file=sys.stderr)
    sys.stdout.write("no newline")
    sys.stdout.writelines(["a", "b"])
    context.log("context log\n")
    context.log(5)
    return [sys.stdout.write(""), sys.stdout.encoding, sys.stdout.isatty(), type(sys.stdout).__name__]


def logs(event, context):
    import logging

    log = logging.getLogger("app")
    root = logging.getLogger()
    log.warning("warned %s", "é", extra={"more": {"a": 1}, "odd": decimal.Decimal("1.5")})
    root.error({"a": "dict"})
    root.error("args %s", {"a": 1})
    log.info("quiet")
    log.debug("quieter")
    log.log(35, "between")
    log.critical("critical\nlines")
    try:
        inner(1)
    except LookupError:
        log.exception("caught")
    context.log("context log\n")
    return {
        "handlers": [type(handler).__name__ for handler in root.handlers],
        "level": root.level,
        "converter": logging.Formatter.converter.__name__,
        "filters": [type(one).__name__ for one in root.handlers[0].filters],
    }


def configures_logging(event, context):
    import logging

    logging.basicConfig(level=logging.INFO, format="never used")
    logging.info("still %s", "quiet")
    root = logging.getLogger()
    root.setLevel("INFO")
    logging.info("now heard")
    for handler in root.handlers:
        handler.setFormatter(logging.Formatter("mine %(aws_request_id)s %(message)s\n"))
    logging.info("own format")


def loader(event, context):
    module = sys.modules[__name__]
    import logging

    return {
        "spec": [
            type(module.__spec__).__name__,
            type(module.__spec__.loader).__name__,
            module.__spec__.origin,
        ],
        "loader": type(module.__loader__).__name__,
        "dict": sorted(vars(module.__loader__)),
        "cached": module.__spec__.cached == module.__cached__ if hasattr(module, "__cached__") else True,
        "logging": [type(logging.__spec__.loader).__name__, sorted(vars(logging.__spec__.loader))],
    }


def paths(event, context):
    return [
        os.environ["LAMBDA_TASK_ROOT"] == sys.path[0],
        [path for path in sys.path[1:] if "python3" in path],
    ]


class Callable:
    def __call__(self, event, context):
        return inner(0)


instance = Callable()
not_callable = 5
