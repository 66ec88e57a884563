"""Exceptions that Python has from 3.11 on."""


def group(event, context):
    raise ExceptionGroup("two", [ValueError("one"), TypeError("other")])  # noqa: F821


def base_group(event, context):
    raise BaseExceptionGroup("base", [KeyboardInterrupt()])  # noqa: F821


def notes(event, context):
    error = ValueError("noted")
    error.add_note("the first note")
    error.add_note("the second")
    raise error
