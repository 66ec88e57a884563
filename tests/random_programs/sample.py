"""Many programs in a row, and what became of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from random_programs.program import Program, generate
from random_programs.session import Session, Verdict

TAKEN_AT_ONCE = 25


@dataclass
class Tally:
    begun: float = field(default_factory=time.monotonic)
    programs: int = 0
    transformed: int = 0
    streaming: int = 0
    fields: int = 0
    published: int = 0
    different: int = 0
    features: Counter[str] = field(default_factory=Counter)

    def add(self, program: Program, verdict: Verdict) -> None:
        self.programs += 1
        self.transformed += verdict.is_transformed
        self.streaming += verdict.streams
        self.fields += verdict.fields
        self.published += verdict.published
        self.different += bool(verdict.differences)
        self.features += program.features

    def __str__(self) -> str:
        rate = self.programs / (time.monotonic() - self.begun)
        return (
            f"{self.programs} programs, {rate:.0f}/s; {_share(self.transformed, self.programs)} transformed, "
            f"{_share(self.streaming, self.programs)} stream; of their fields "
            f"{_share(self.published, self.fields)} early; {self.different} differ"
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f} %"


def judge_all(
    seeds: range, pythons: dict[str, Path], jobs: int, make: Callable[[int], Program] = generate
) -> Iterator[tuple[Program, Verdict]]:
    """In the order of the seeds; each of the `jobs` has interpreters of its own."""

    def judge_some(part: range) -> list[tuple[Program, Verdict]]:
        session = idle.pop()
        try:
            return [(program, session.judge(program)) for program in map(make, part)]
        finally:
            idle.append(session)

    idle = [Session(pythons) for _ in range(jobs)]
    try:
        with ThreadPoolExecutor(jobs) as pool:
            parts = [seeds[at : at + TAKEN_AT_ONCE] for at in range(0, len(seeds), TAKEN_AT_ONCE)]
            for judged in pool.map(judge_some, parts):
                yield from judged
    finally:
        for session in idle:
            session.close()
