"""Columns are where they were before the transformer's insertions. The cases are in tables/columns.py."""

import pytest

from runners import PYTHONS, table

WITH_COLUMNS = {version: python for version, python in PYTHONS.items() if version not in ("3.9", "3.10")}


@pytest.mark.parametrize("python", WITH_COLUMNS.values(), ids=WITH_COLUMNS)
def test_columns_are_those_of_the_changed_tree(python):
    found = table(python, "columns.py")["cases"]
    assert found
    for case, differences in found.items():
        assert differences == {"wrong": [], "changed": True}, case


@pytest.mark.parametrize("python", WITH_COLUMNS.values(), ids=WITH_COLUMNS)
def test_each_column_is_where_it_was_however_the_insertions_lie(python):
    assert table(python, "columns.py")["at_random"] == []


@pytest.mark.parametrize("python", WITH_COLUMNS.values(), ids=WITH_COLUMNS)
def test_a_line_with_ten_times_the_insertions_takes_about_ten_times_as_long(python):
    few, many = table(python, "columns.py")["lines"]
    assert many < 20 * few
