"""The tables, one file a topic."""

from __future__ import annotations

import importlib
import pkgutil

from differential.row import Row


def all_rows() -> dict[str, Row]:
    """By topic and name, such as `loading/syntax_error`."""
    found: dict[str, Row] = {}
    for topic in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        for row in importlib.import_module(f"{__name__}.{topic}").ROWS:
            name = f"{topic}/{row.name}"
            assert name not in found, f"two rows are called {name}"
            found[name] = row
    return found
