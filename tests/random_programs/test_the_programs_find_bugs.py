"""Programs that a transformer with a rule left out does not get through."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from random_programs import mutants, transformed
from random_programs.minimise import minimise
from random_programs.program import generate
from random_programs.session import Session, find

SEEDS = range(150)
CAUGHT_AT_LEAST = 3
NEWEST = dict([[*find().items()][-1]])


def forgets_later_reads(source: str) -> str:
    def publish(call: re.Match) -> str:
        pairs = re.findall(r"('[^']*'), (\w+)(?=,|$)", call[1])
        return f"__unum__.publish({', '.join(f'{name}, ({value},)' for name, value in pairs)})"

    return re.sub(r"__unum__\.offer\(([^()]*)\)", publish, source)


def takes_no_notice_of_references(source: str) -> str:
    copies = re.sub(r"('[^']*'), \((\w+),\)", r"\1, (__import__('copy').deepcopy(\2),)", source)
    # As a statement of its own: in a condition `emit`, which gives the value, would decide it, and loops would not end.
    return re.sub(r"(?<!\()__unum__\.publish\(", "__unum__.emit(", copies)


def adds_a_line(source: str) -> str:
    return source.replace("__unum__.publish(", "\\\n__unum__.publish(", 1)


def careless(forget: Callable[[str], str]) -> Callable[[Path], transformed.Transformed]:
    def transform(path: Path) -> transformed.Transformed:
        right = transformed.transform(path)
        return dataclasses.replace(right, source=right.source and forget(right.source))

    return transform


@pytest.mark.parametrize("forget", [forgets_later_reads, takes_no_notice_of_references, adds_a_line])
def test_a_careless_transformer_is_caught(forget):
    with Session(NEWEST, careless(forget)) as session:
        caught = [seed for seed in SEEDS if session.judge(generate(seed, wild=True)).differences]
    assert len(caught) >= CAUGHT_AT_LEAST, caught


def test_what_fails_is_made_small():
    with Session(NEWEST, careless(forgets_later_reads)) as session:

        def wild(seed):
            return generate(seed, wild=True)

        def fails(program):
            return bool(session.judge(program).differences)

        program = next(program for program in map(wild, SEEDS) if fails(program))
        small = minimise(program, fails)
        assert fails(small)
    assert len(small.events) == 1
    assert len(small.source.splitlines()) < len(program.source.splitlines()) / 2


@pytest.mark.parametrize("mutant", mutants.listed(), ids=lambda mutant: mutant.name)
def test_every_mutant_fits_the_sources(mutant: mutants.Mutant) -> None:
    """`make mutants` takes too long for each change of a rule."""
    path = mutants.ROOT / mutants.SOURCES / mutant.file
    assert mutants.applied(mutant, path) != path.read_text()
