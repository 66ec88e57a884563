"""A module with a docstring."""
from __future__ import annotations

# early: b


def lambda_handler(event: Missing, context: Also.Missing) -> dict:
    a: Nothing = [__name__]
    b = {"module": __doc__}
    c = len(a)
    return {"a": a, "b": b, "c": c}
