"""A share of the random programs that is the same each time: nothing differs, most stream, nothing is left out."""

from functools import partial

import pytest
from random_programs.features import FEATURES
from random_programs.program import generate
from random_programs.sample import Tally, judge_all
from random_programs.session import find

SEEDS = range(700)
AIMED = range(400)
LEAST_STREAMING = 0.55
LEAST_GUARDED = 0.05


@pytest.fixture(scope="module")
def judged():
    return list(judge_all(SEEDS, find(), jobs=2))


def differences(judged):
    return [f"seed {program.seed}: {one}" for program, verdict in judged for one in verdict.differences[:2]]


def test_nothing_differs(judged):
    found = differences(judged)
    assert not found, "\n".join(found[:20]) + "\nrun.py --keep FOLDER --programs 1 --seed … makes it small"


def test_nothing_differs_in_programs_that_are_aimed_at_one_rule():
    found = differences(judge_all(AIMED, find(), 2, partial(generate, aimed=True)))
    assert not found, (
        "\n".join(found[:20]) + "\nrun.py --aimed --keep FOLDER --programs 1 --seed … makes it small"
    )


def test_most_of_them_stream(judged):
    tally = Tally()
    for program, verdict in judged:
        tally.add(program, verdict)
    assert tally.streaming >= LEAST_STREAMING * tally.programs, str(tally)


def test_calls_stand_in_loops(judged):
    guarded = sum(verdict.guards > 0 and verdict.streams for _, verdict in judged)
    assert guarded >= LEAST_GUARDED * len(judged), guarded


def test_every_construct_occurs(judged):
    aimed = [generate(seed, aimed=True) for seed in SEEDS]
    written = {feature for program in [*aimed, *(one for one, _ in judged)] for feature in program.features}
    assert written == FEATURES


def test_a_seed_gives_the_same_program():
    assert [generate(seed) for seed in range(50)] == [generate(seed) for seed in range(50)]
