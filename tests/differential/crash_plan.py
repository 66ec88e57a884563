"""What the crash loop invokes, in an order that a seed determines, and what must come of each invocation."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from differential.row import Event, Row, shared

RETURNED = "returned"
ENDED = "ended by {}"
# How often each way is taken, and what comes of it: the answer's kind or its error type.
SURVIVED = {
    "returns": (40, RETURNED),
    "returns_much": (10, RETURNED),
    "forks": (5, RETURNED),
    "fails_in_a_thread": (5, RETURNED),
    "raises": (10, "ValueError"),
    "recurses": (2, "RecursionError"),
    "cannot_be_marshalled": (5, "Runtime.MarshalError"),
    "is_out_of_memory": (3, "MemoryError"),
    "bad_event": (5, "Runtime.UnmarshalError"),
    "bad_client_context": (3, "Runtime.LambdaContextUnmarshalError"),
}
FATAL = {
    "exits": (2, ENDED.format(3)),
    "exits_at_once": (2, ENDED.format(77)),
    "is_interrupted": (1, ENDED.format(-2)),
    "cannot_be_told": (1, ENDED.format(1)),
    "aborts": (1, ENDED.format(-6)),
    "segfaults": (2, ENDED.format(-11)),
    "kills_itself": (1, ENDED.format(-9)),
    "hangs": (2, ENDED.format(-9)),
}
ROW = Row("crash_loop", shared("crashing"), ())


@dataclass(frozen=True)
class Step:
    event: Event
    way: str
    outcome: str


def plan(count: int, seed: int) -> list[Step]:
    """Failures of all kinds in the first half; only such as an environment survives in the second."""
    chance = random.Random(seed)
    mixed = list(_ways(chance, count // 2, {**SURVIVED, **FATAL}))
    # Each way at least once, whatever the chances.
    ways = [*SURVIVED, *FATAL, *mixed][: count // 2]
    chance.shuffle(ways)
    ways += _ways(chance, count - len(ways), SURVIVED)
    return [_step(number, way) for number, way in enumerate(ways, 1)]


def _ways(chance: random.Random, count: int, table: dict[str, tuple[int, str]]) -> Iterator[str]:
    weights = [weight for weight, _ in table.values()]
    yield from chance.choices(list(table), weights, k=count)


def _step(number: int, way: str) -> Step:
    _, outcome = {**SURVIVED, **FATAL}[way]
    body = "{" if way == "bad_event" else json.dumps({"number": number, "way": way})
    context = "{" if way == "bad_client_context" else None
    return Step(Event(body, client_context=context), way, outcome)
