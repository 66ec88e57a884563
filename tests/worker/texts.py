"""Handlers that many tests start, and their fields."""

import textwrap

KEYS = ["a", "b", "c"]

PLAIN = """
def handler(event, context):
    a = [event["n"]]
    b = {"x": a[0] + 1}
    return {"a": a, "b": b, "c": event.get("c")}
"""
TRANSFORMED = """
def handler(event, context):
    a = [event["n"]]; __unum__.offer('a', a)
    b = {"x": a[0] + 1}; __unum__.publish('a', (a,)); __unum__.publish('b', (b,), 'c', (__unum__.peek(event, "c", None),))
    return {"a": a, "b": b, "c": event.get("c")}
"""


def returning(body, before="", result='{"a": a, "b": 1, "c": 2}'):
    """A handler that publishes `a` and then goes on with `body`."""
    return "{}\ndef handler(event, context):\n    a = [1]; __unum__.publish('a', (a,))\n{}    return {}\n".format(
        before, textwrap.indent(textwrap.dedent(body), "    ") if body else "", result
    )
