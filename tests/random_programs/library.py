"""Picks from `helpers.py` what a generated module names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_HELPERS = Path(__file__).with_name("helpers.py")


def needed(text: str) -> list[str]:
    """The definitions that `text` names, and those that these name, in the order of the file."""
    wanted: set[str] = set()
    todo = [text]
    while todo:
        names = set(re.findall(r"\w+", todo.pop())) & DEFINITIONS.keys() - wanted
        wanted |= names
        todo += [DEFINITIONS[name] for name in names]
    return [definition for name, definition in DEFINITIONS.items() if name in wanted]


def _definitions() -> dict[str, str]:
    text = _HELPERS.read_text()
    lines = text.splitlines()
    found = {}
    for node in ast.parse(text).body:
        name = _name(node)
        if name:
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            found[name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def _name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Import):
        return node.names[0].name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return getattr(node, "name", None)


DEFINITIONS = _definitions()
