"""A module with a docstring."""
from __future__ import annotations

# early: b


def lambda_handler(event: Missing, context: Also.Missing) -> dict:
    a: Nothing = [lambda_handler.__annotations__["event"]]
    b = {"doc": lambda_handler.__doc__, "module": __doc__}
    c = len(a)
    return {"a": a, "b": b, "c": c}
