"""What a mutant of the transformer makes of the random programs, and whether one of them shows it."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus import transformer
from random_programs.program import Program, generate
from random_programs.session import Session
from random_programs.transformed import HANDLER, Transformed

TAKEN_AT_ONCE = 250


@dataclass
class Caught:
    program: Program
    difference: str


@dataclass
class Outcome:
    programs: int = 0
    changed: int = 0
    """Programs of which the mutant makes something else."""
    caught: Caught | None = None
    trusting: Caught | None = None
    """By a publisher that counts no references."""
    flaw: Caught | None = None
    """The sources as they are do not get through it, either."""
    unfit: str = ""


def how_made(seed: int) -> dict[str, bool]:
    """Most of the programs are aimed at one rule or another; some are as people write them, or wilder."""
    return {3: {"wild": True}, 7: {}}.get(seed % 8, {"aimed": True})


class Jury:
    """Interpreters, and what the sources as they are make of the programs."""

    def __init__(self, sound: Path, pythons: dict[str, Path]):
        self._sound = sound
        self._session = Session(pythons)
        self._known: dict[range, list[dict]] = {}

    def close(self) -> None:
        self._session.close()

    def judge(self, binary: Path, seeds: range) -> Outcome:
        outcome = Outcome()
        for part in (seeds[at : at + TAKEN_AT_ONCE] for at in range(0, len(seeds), TAKEN_AT_ONCE)):
            if part not in self._known:
                self._known[part] = _answers(part, self._sound)
            pairs = zip(self._known[part], _answers(part, binary), strict=True)
            for seed, (sound, mutated) in zip(part, pairs, strict=True):
                outcome.programs += 1
                if sound != mutated:
                    self._look(outcome, _program(seed), sound, mutated)
                if outcome.caught or outcome.flaw:
                    return outcome
        return outcome

    def _look(self, outcome: Outcome, tried: Program, sound: dict, mutated: dict) -> None:
        outcome.changed += 1
        failure = mutated.get("died") or mutated.get("panicked")
        if failure:
            outcome.caught = Caught(tried, f"the transformer failed: {failure}")
            return
        difference = self._difference(tried, mutated)
        if difference:
            flaw = self._difference(tried, sound)
            outcome.flaw = Caught(tried, flaw) if flaw else None
            outcome.caught = None if flaw else Caught(tried, difference)
            return
        if outcome.trusting is None:
            difference = self._difference(tried, mutated, trusting=True)
            if difference and not self._difference(tried, sound, trusting=True):
                outcome.trusting = Caught(tried, difference)

    def _difference(self, tried: Program, answer: dict, trusting: bool = False) -> str:
        """The first one, or none."""
        transformed = _transformed(answer, self._session.write(tried))
        return next(iter(self._session.compare(tried, transformed, trusting=trusting).differences), "")


@functools.cache
def _program(seed: int) -> Program:
    return generate(seed, **how_made(seed))


def _answers(seeds: Iterable[int], binary: Path) -> list[dict]:
    """Without what no program can show."""
    questions = [transformer.Question("app.py", HANDLER, _program(seed).source) for seed in seeds]
    answers = transformer.ask(questions, binary)
    hidden = ("milliseconds", "reason", "fields")
    return [{name: value for name, value in answer.items() if name not in hidden} for answer in answers]


def _transformed(answer: dict, path: Path) -> Transformed:
    if answer["edited"] is None:
        return Transformed(None, {})
    settings = {
        "handler": f"{path.stem}.{HANDLER}",
        "module": path.stem,
        "path": str(path),
        **{
            name: answer[name]
            for name in ("injected", "keys", "route", "shifts", "idle", "guards", "relied_on", "definitions")
        },
    }
    return Transformed(answer["edited"], settings)
