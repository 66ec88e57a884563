"""Calls in a loop run a few times in each invocation and not once a round. The handlers are in tables/guards.py."""

import pytest

from runners import table

# How often the calls ran, how often they looked at a whole value, what was published.
EXPECTED = {
    "header": (2, 1, ["x"]),
    "statement": (2, 1, ["x"]),
    "a_part_is_shared": (2, 2, []),
    "the_first_round_lets_go_of_a_part": (2, 2, ["x"]),
    "only_what_cannot_change": (2, 0, []),
    "several_at_one_place": (2, 3, ["x"]),
    "each_place_by_itself": (4, 2, ["x", "y"]),
    "loop_in_a_loop": (2, 1, ["x"]),
    "calls_itself": (2, 1, ["x"]),
    "in_another_thread": (2, 0, []),
}


@pytest.mark.parametrize("case", EXPECTED)
def test_calls_in_a_loop_run_twice_at_most(python, case):
    runs, walks, names = EXPECTED[case]
    first, second, silent = table(python, "guards.py")[case]
    assert first == {"runs": runs, "walks": walks, "names": names}
    assert second == first
    assert silent == {"runs": 0, "walks": 0, "names": []}


def test_a_guard_that_is_not_there_is_no_error(python):
    assert table(python, "guards.py")["guards_that_are_not_there"][0]["runs"] == 4


HANDLER = """
def handler(event, context):
    a = []
    for n in range(3):
        a.append(n)
    b = 0
    while {}b < event["rounds"]:
        b += 1
    return {{"a": a, "b": b, "c": 3}}
"""
GUARDED = "__unum__0__ and (__unum__.publish('a', (a,), 'c', (3,)) or __unum__.passed(0)) or "


def test_the_worker_has_as_many_guards_as_the_settings_say(start):
    worker = start(HANDLER.format(""), HANDLER.format(GUARDED), guards=1)
    for publish, early in ((True, ["a", "c"]), (False, []), (True, ["a", "c"])):
        outcome = worker.invoke({"rounds": 5}, publish=publish)
        assert (outcome.body, [name for name, _ in outcome.early]) == (
            b'{"a": [0, 1, 2], "b": 5, "c": 3}',
            early,
        )
