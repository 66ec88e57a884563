"""One random program: a module with a handler, and the events it is run with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from random_programs import bodies, layout, library, modules, results
from random_programs.maker import OLDEST, Maker

EVENTS = 4


@dataclass(frozen=True)
class Program:
    seed: int
    source: str
    events: list[dict]
    needs: tuple[int, int]
    """The oldest interpreter that knows its syntax."""
    features: Counter[str] = field(default_factory=Counter)


def generate(seed: int, newest: bool | None = None, wild: bool = False, aimed: bool = False) -> Program:
    """The same program for the same seed.

    `newest` allows syntax that the oldest interpreters do not know; if it is not said, every third program may have it.
    `wild` is for more of what is unusual, of which less streams; `aimed` for one unusual thing in a short program.
    """
    maker = Maker(seed, (seed % 3 == 0 or aimed) if newest is None else newest)
    if wild:
        maker.wildness = 1
    if aimed:
        maker.is_aimed, maker.wildness = True, 0.05
    if maker.chance(0.1 if aimed else 0.015):
        maker.mark("shadowed name")
        maker.shadow = maker.pick([*modules.SHADOWS])
        if not maker.since(modules.NEWER_SHADOWS.get(maker.shadow, OLDEST)):
            maker.shadow = "assigned"
    result = results.choose(maker)
    helpers: list[str] = []
    if maker.chance(0.2 if aimed else 0.06):
        body, helpers = bodies.by_helper(maker, result)
    elif aimed:
        body = bodies.aimed(maker, result)
    else:
        body = bodies.body(maker, result, calls_itself=True)
    lines = [*helpers, "", *modules.module(maker, body)]
    text = layout.lay_out(maker, lines)
    ending = "\r\n" if "\r\n" in text else "\n"
    prelude = "\n\n".join(library.needed(text)).replace("\n", ending) + ending * 2
    return Program(seed, prelude + text, events(maker), maker.needs, maker.features)


def events(maker: Maker) -> list[dict]:
    made = [_event(maker) for _ in range(EVENTS - 1)]
    return [{}, *made] if maker.chance(0.3) else [_full(maker), *made]


def _event(maker: Maker) -> dict:
    event = _full(maker)
    if maker.chance(0.25):
        del event[maker.pick([*event])]
    if maker.points and maker.chance(0.5):
        event["fail"] = 1 + maker.below(maker.points)
    return event


def _full(maker: Maker) -> dict:
    return {
        "n": maker.below(6),
        "flag": maker.chance(0.5),
        "items": [maker.below(9) for _ in range(maker.below(4))],
        "mode": maker.pick(("a", "a", "b", "c")),
        "text": maker.pick(("", "text", "é")),
        "user": {"name": "é", "k": maker.below(4)},
    }
