"""Handlers that write: `logging`, print, both streams. Each is a row of rows/logging.py."""

import logging
import logging.config
import sys
import threading
import warnings

logger = logging.getLogger("app")


def every_level(event, context):
    logger.debug("debug")
    logger.info("info %s", "with an argument")
    logger.warning("warning")
    logger.error("error")
    logger.critical("critical")
    logger.log(5, "below debug")
    logger.log(25, "between")
    logger.log(99, "above all")
    logging.info("by the root")
    logging.warning("by the root")
    return {"effective": logger.getEffectiveLevel()}


def every_level_enabled(event, context):
    logging.getLogger().setLevel(1)
    return every_level(event, context)


def levels_of_loggers(event, context):
    logging.getLogger("app.quiet").setLevel(logging.ERROR)
    logging.getLogger("app.loud").setLevel(logging.DEBUG)
    for name in ("app.quiet", "app.loud", "app.loud.child"):
        logging.getLogger(name).info("from %s", name)
        logging.getLogger(name).error("from %s", name)
    return {}


def order(event, context):
    for i in range(3):
        print("print", i)
        logger.error("log %d", i)
        sys.stdout.write(f"write {i}\n")
        print("to stderr", i, file=sys.stderr)
    return {"first": 1, "second": [2]}


def root(event, context):
    """What users see of the root logger."""
    root = logging.getLogger()
    handler = root.handlers[0]
    print([type(one).__name__ for one in root.handlers], root.level, root.filters)
    print(type(handler).__mro__[1:], handler.level, [type(one).__name__ for one in handler.filters])
    print(type(handler.formatter).__name__, handler.formatter._fmt, handler.formatter.datefmt)
    print(hasattr(handler, "log_sink"), type(handler.log_sink).__name__, hasattr(handler, "stream"))
    print(logging.Formatter.converter.__name__, logging.lastResort, logging.raiseExceptions)
    return {}


def root_by_repr(event, context):
    print(repr(logging.getLogger().handlers[0]))
    return {}


def removes_the_handler(event, context):
    for handler in list(logging.getLogger().handlers):
        logging.getLogger().removeHandler(handler)
    logging.error("on the last resort")
    context.log("through the context\n")
    logging.basicConfig(format="own %(levelname)s %(message)s")
    logging.error("on stderr")
    return {}


def basic_config(event, context):
    logging.basicConfig(level=logging.INFO, format="own %(message)s")
    logging.info("not shown")
    logging.warning("as before")
    return {"level": logging.getLogger().level}


def basic_config_with_force(event, context):
    logging.basicConfig(level=logging.INFO, format="own %(levelname)s %(message)s", force=True)
    logging.info("shown")
    return {"level": logging.getLogger().level}


def basic_config_to_stdout(event, context):
    logging.basicConfig(level="DEBUG", stream=sys.stdout, format="%(name)s %(message)s", force=True)
    print("printed first")
    logger.debug("then logged")
    print("printed last")
    return {}


def own_formatter(event, context):
    logging.getLogger().handlers[0].setFormatter(
        logging.Formatter("%(aws_request_id)s|%(levelname)s|%(message)s")
    )
    logger.error("no line break at its end")
    logger.error("the next one")
    print()
    return {}


def own_handler(event, context):
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("handled: %(message)s"))
    logger.addHandler(handler)
    logger.error("twice")
    logger.propagate = False
    logger.error("once")
    logger.removeHandler(handler)
    logger.propagate = True
    return {}


def own_filter(event, context):
    class Redact(logging.Filter):
        def filter(self, record):
            record.msg = str(record.msg).replace("secret", "***")
            return "drop" not in record.msg

    logger.addFilter(Redact())
    logger.error("a secret")
    logger.error("drop this")
    return {}


def filter_on_the_handler(event, context):
    class AddUser(logging.Filter):
        def filter(self, record):
            record.user = "me"
            return True

    handler = logging.getLogger().handlers[0]
    handler.addFilter(AddUser())
    if "%" in str(handler.formatter._fmt) and not hasattr(handler.formatter, "json"):
        print("request id" if "aws_request_id" in handler.formatter._fmt else "no request id")
    logger.error("with a user")
    return {}


def own_level(event, context):
    logging.addLevelName(35, "NOTICE")
    logger.log(35, "a level of its own")
    return {}


def own_record_factory(event, context):
    make = logging.getLogRecordFactory()

    def factory(*args, **kwargs):
        record = make(*args, **kwargs)
        record.team = "blue"
        return record

    logging.setLogRecordFactory(factory)
    logger.error("made by a factory")
    logging.setLogRecordFactory(make)
    return {}


def own_logger_class(event, context):
    class Shouting(logging.Logger):
        def error(self, message, *args, **kwargs):
            super().error(str(message).upper(), *args, **kwargs)

    logging.setLoggerClass(Shouting)
    logging.getLogger("shouting").error("quiet words")
    logging.setLoggerClass(logging.Logger)
    return {}


def adapter(event, context):
    logging.LoggerAdapter(logger, {"order": 7}).error("adapted")
    return {}


def extra(event, context):
    logger.error("with extra", extra={"order": 7, "nested": {"a": [1, None, "é"]}, "empty": None})
    logger.error("like a field of ours", extra={"requestId": "mine", "level": "mine", "timestamp": 1})
    return {}


def extra_that_json_cannot_hold(event, context):
    class Thing:
        def __repr__(self):
            return "<a thing>"

    logger.error("odd extra", extra={"thing": Thing(), "bytes": b"\xff", "set": {1}, "nan": float("nan")})
    return {}


def message_is_an_object(event, context):
    logger.error({"event": "structured", "n": [1, 2], "text": "é"})
    logger.error({"with": "%s arguments"}, "unused")
    logger.error(["a", "list"])
    logger.error(None)
    logger.error(42)
    return {}


def message_with_wrong_arguments(event, context):
    logger.error("%d of %d", 1)
    logger.error("%d", "text")
    return {}


def message_with_a_mapping(event, context):
    logger.error("%(a)s and %(b)d", {"a": "é", "b": 2})
    return {}


def message_of_several_lines(event, context):
    logger.error("first\nsecond\r\nthird\n")
    return {}


def message_with_a_surrogate(event, context):
    logger.error("half \ud83d of a pair")
    return {}


def long_message(event, context):
    logger.error("x" * 300_000)
    return {}


def exception(event, context):
    try:
        try:
            {}["absent"]
        except KeyError as error:
            raise ValueError("chained é") from error
    except ValueError:
        logger.exception("it failed")
        logger.error("with the info", exc_info=True)
        logger.error("with the object", exc_info=sys.exc_info()[1])
    return {}


def exception_outside_of_a_handler(event, context):
    logger.exception("there is none")
    logger.error("none either", exc_info=True)
    return {}


def stack(event, context):
    logger.error("where am I", stack_info=True)
    return {}


def where(event, context):
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        logging.Formatter("%(filename)s:%(lineno)d %(funcName)s %(module)s %(threadName)s %(processName)s")
    )
    logger.addHandler(handler)
    logger.error("placed")
    logger.warning("with a level above", stacklevel=1)
    logger.removeHandler(handler)
    return {}


def in_threads(event, context):
    def work(n):
        logger.error("from thread %d", n)
        print("printed by thread", n)

    for n in range(3):
        thread = threading.Thread(target=work, args=(n,))
        thread.start()
        thread.join()
    return {}


def after_the_return(event, context):
    """A thread of the last invocation's logs during the next one, under the next one's request id."""
    global pending
    if event["n"] == 1:
        pending = threading.Event()

        def work():
            pending.wait()
            logger.error("from the first invocation's thread")
            pending.clear()

        thread = pending.thread = threading.Thread(target=work)
        thread.start()
        return {"started": True}
    pending.set()
    pending.thread.join()
    return {"joined": True}


def dict_config(event, context):
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"plain": {"format": "configured %(levelname)s %(name)s %(message)s"}},
            "handlers": {
                "console": {
                    "class": "logging.StreamHandler",
                    "formatter": "plain",
                    "stream": "ext://sys.stdout",
                }
            },
            "root": {"level": "INFO", "handlers": ["console"]},
        }
    )
    logger.info("configured")
    return {"handlers": len(logging.getLogger().handlers)}


def dict_config_incremental(event, context):
    logging.config.dictConfig(
        {"version": 1, "incremental": True, "loggers": {"app": {"level": "DEBUG"}}, "root": {"level": "INFO"}}
    )
    logger.debug("more detail")
    return {}


def disable(event, context):
    logging.disable(logging.ERROR)
    logger.error("disabled")
    logger.critical("not disabled")
    logging.disable(logging.NOTSET)
    return {}


def captured_warnings(event, context):
    logging.captureWarnings(True)
    warnings.warn("captured", UserWarning, stacklevel=1)
    logging.captureWarnings(False)
    return {}


def handler_fails(event, context):
    class Broken(logging.Handler):
        def emit(self, record):
            try:
                raise ValueError("cannot emit")
            except ValueError:
                self.handleError(record)

    handler = Broken()
    logger.addHandler(handler)
    logger.error("goes on")
    logger.removeHandler(handler)
    return {}


def context_log(event, context):
    context.log("one line\n")
    context.log("without a break")
    context.log({"a": 1})
    context.log(None)
    return {}


def outside_ascii(event, context):
    print("h\u00e4 \u2028 \U0001f600")
    logger.error("h\u00e4 \u2028 \U0001f600")
    return {}


def request_ids(event, context):
    logger.error("in invocation %d", event["n"])
    if event["n"] == 2:
        raise ValueError("with its own id")
    return {}


def fails_after_logging(event, context):
    logger.error("before")
    raise ValueError("é\nsecond line")


def marshal_error(event, context):
    print("before")
    return {"first": 1, "object": object()}
