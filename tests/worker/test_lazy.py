"""A lazy event behaves as the dict it stands for, and waits for no more than an operation needs."""

import re

import pytest

from runners import HERE, table

SOURCE = (HERE / "tables" / "lazy.py").read_text()
OPERATIONS = (
    re.findall(r'^    "(\w+)": \(', SOURCE, re.M) + [f"pickle{n}" for n in range(5)] + ["match", "match_one"]
)


def row(python, operation):
    rows = table(python, "lazy.py")
    if operation.startswith("match") and operation not in rows:
        return None  # the statement came with 3.10
    return rows[operation]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_gives_what_a_dict_gives(python, operation):
    found = row(python, operation)
    if found and operation != "attribute" and operation != "vars":
        assert found["lazy"] == found["plain"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_waits_for_what_the_operation_needs(python, operation):
    found = row(python, operation)
    if (
        found
        and found["waits"] is not None
        and not found["plain"].startswith("TypeError: unsupported operand")
    ):
        assert found["waited"] == found["waits"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_failed_field_raises_or_was_not_needed(python, operation):
    found = row(python, operation)
    if found and found["failing"] != found["plain"]:
        assert found["failing"].startswith("StreamingSourceError: field `b` of `A`: it raised ValueError")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_once_every_field_was_read_it_is_still_the_same(python, operation):
    found = row(python, operation)
    if found and operation != "attribute" and operation != "vars":
        assert found["settled"] == [found["plain"], []]


@pytest.mark.parametrize("read", ["at_once", "one_by_one"])
def test_each_of_many_fields_costs_as_much_as_one_of_few(python, read):
    few, many = table(python, "many.py")[read]
    assert many <= 10 * few


def test_what_stands_in_a_fields_place_is_no_text(python):
    for outcome in row(python, "refused"):
        assert outcome.startswith("StreamingError: field `d` of `A` was taken past the methods of the event")
        assert outcome.endswith("or set UNUM_WHOLE_EVENTS=always")


def test_what_another_thread_does_during_a_wait_comes_before_an_operation_or_behind_it(python):
    for case, (found, before, after) in row(python, "meddled").items():
        assert found in (before, after), case


def test_what_could_not_be_taken_is_where_it_was(python):
    error = "StreamingSourceError: field `b` of `A`: it raised ValueError"
    for first, keys, again, keys_again in row(python, "put_back"):
        assert (first, again) == (error, error)
        assert keys == keys_again == list("abcd")[: len(keys)]
        assert "b" in keys


def test_what_another_thread_changes_while_a_value_is_put_in_its_place_stays(python):
    for instructions, undone in row(python, "swapped"):
        assert instructions > 10
        assert undone == 0


def test_what_another_thread_changes_while_a_copy_is_made_comes_before_it_or_behind_it(python):
    for case, (instructions, wrong) in row(python, "copied").items():
        assert instructions > 10, case
        assert wrong == [], case
