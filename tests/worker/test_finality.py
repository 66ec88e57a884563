"""Only values that nobody else can change are published. The cases are in tables/finality.py."""

import ast

import pytest

from runners import HERE, table

TREE = ast.parse((HERE / "tables" / "finality.py").read_text())
CASES = [
    node.name
    for node in TREE.body
    if isinstance(node, ast.FunctionDef)
    and any(getattr(mark, "id", "") in ("published", "withheld") for mark in node.decorator_list)
]


@pytest.mark.parametrize("case", CASES)
def test_publishes_what_nobody_else_holds_and_nothing_else(python, case):
    found = table(python, "finality.py")[case]
    assert found["plain"] == found["expected"]


@pytest.mark.parametrize("case", CASES)
def test_publishes_nothing_more_while_tools_look_on(python, case):
    found = table(python, "finality.py")[case]
    for mode in ("traced", "profiled", "monitored"):
        assert not found.get(mode) or found["expected"], mode
