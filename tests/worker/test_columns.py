"""Columns are where they were before the transformer's insertions. The cases are in tables/columns.py."""

import pytest

from runners import PYTHONS, table

WITH_COLUMNS = {version: python for version, python in PYTHONS.items() if version not in ("3.9", "3.10")}


@pytest.mark.parametrize("python", WITH_COLUMNS.values(), ids=WITH_COLUMNS)
def test_columns_are_those_of_the_changed_tree(python):
    found = table(python, "columns.py")
    assert found
    for case, differences in found.items():
        assert differences == {"wrong": [], "changed": True}, case
