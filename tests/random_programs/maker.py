"""What every part of the generator shares: the seeded choices, the names that are taken, and what was written so far."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from random_programs.features import FEATURES

OLDEST, NEWEST = (3, 8), (3, 13)
LONGEST_SUITE = 3
MAX_DEPTH = 3


class Maker:
    def __init__(self, seed: int, newest: bool):
        self.seed = seed
        self._random = random.Random(seed)
        self.allows_new_syntax = newest
        self.wildness = self._random.choice((0.05, 0.2, 0.4, 0.8))
        """How much of the unusual there is."""
        self.needs = OLDEST
        """The oldest interpreter that knows all of the syntax."""
        self.features: Counter[str] = Counter()
        self.points = 0
        """Places where an event can make the program raise."""
        self.globals: set[str] = set()
        """Names that the function being written declares as global."""
        self.others: list[tuple[str, str]] = []
        """Expressions for values that a variable may hold, too, and a name that they need or none."""
        self.is_aimed = False
        """One thing in the program is unusual, and little else happens."""
        self.shadow = ""
        """How a name that is trusted comes to mean something else, if one does."""
        self._names = 0

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def below(self, limit: int) -> int:
        return self._random.randrange(limit)

    def pick(self, choices: Sequence):
        return self._random.choice(choices)

    def some(self, choices: Sequence, count: int) -> list:
        return self._random.sample(choices, min(count, len(choices)))

    def weighted(self, weights: dict):
        return self._random.choices([*weights], [*weights.values()])[0]

    def mark(self, *features: str) -> None:
        for feature in features:
            assert feature in FEATURES, feature
            self.features[feature] += 1

    def name(self, stem: str) -> str:
        self._names += 1
        return f"{stem}_{self._names}"

    def point(self) -> str:
        """A call that raises where the event says so."""
        self.points += 1
        self.mark("risky call")
        return f'risky(event.get("fail"), {self.points})'

    def since(self, version: tuple[int, int]) -> bool:
        """Whether syntax of this version may be used; then the program needs it."""
        if version > self.needs and not self.allows_new_syntax:
            return False
        self.needs = max(self.needs, version)
        return True


@dataclass
class Scope:
    """What a statement at some place may use."""

    names: dict[str, str] = field(default_factory=dict)
    """Bound names and the kind of their values."""
    make_return: Callable[[Scope], list[str]] | None = None
    """An early return, where one is possible."""
    fields: set[str] = field(default_factory=set)
    """Those of them that the result is to hold."""
    depth: int = 0
    in_loop: bool = False
    in_finally: bool = False
    calls_itself: bool = False

    def inner(self, **changes) -> Scope:
        values = {**vars(self), "names": dict(self.names), "depth": self.depth + 1, **changes}
        return Scope(**values)

    def of(self, *kinds: str) -> list[str]:
        """The names of these kinds; fields count three times."""
        names = [name for name, kind in self.names.items() if kind in kinds]
        return names + [name for name in names if name in self.fields] * 2

    def any_name(self) -> list[str]:
        return self.of(*self.names.values())


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def suite(header: str, lines: list[str]) -> list[str]:
    return [header, *indented(lines or ["pass"])]
