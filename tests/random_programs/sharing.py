"""Statements that let others hold a variable's value, and that change it, by this way or another."""

from __future__ import annotations

import re

from random_programs import values
from random_programs.maker import Maker, Scope
from random_programs.values import MUTABLE

# How a value is kept, and how it is found again.
_KEEPING = (
    ("CACHE['kept'] = X", "kept in a cache", "CACHE.get('kept')"),
    ("KEPT.append(X)", "kept in a global", "KEPT[-1] if KEPT else 0"),
    ("seen(X)", "kept in a default", "seen.__defaults__[0][-1:]"),
    ("HOLD(X)", "kept in a closure", "HOLD(0)[-2:]"),
    ("keep(X)", "kept by a helper", "KEPT[-1] if KEPT else 0"),
    ("BOX.put(X)", "kept by a helper", "BOX.last"),
    ("BOX.last = X", "kept by a helper", "BOX.last"),
    ("CACHE.setdefault('list', []).append(X)", "kept in a cache", "CACHE.get('list', [0])[-1]"),
)
_MEDDLING = ("meddle(N)", "BOX.change(N)", "effect('meddled', meddle(N))")


def weights(maker: Maker, scope: Scope) -> dict:
    wild = maker.wildness
    return {
        _change_something: 3 * wild,
        _keep: 1.2 * wild,
        _meddle: 0.8 * wild,
        _harm: 1 + 3 * wild if maker.others else 0,
        _event_changes: 0.3 * wild,
        _global: 0.5 * wild,
    }


def _change_something(maker: Maker, scope: Scope) -> list[str]:
    names = scope.of(*MUTABLE)
    if not names:
        return _read(maker, scope)
    name = maker.pick(names)
    if scope.in_loop:
        maker.mark("mutated in a loop")
    if scope.in_finally:
        maker.mark("mutated in finally")
    return [values.change(maker, name, scope.names[name])]


def _keep(maker: Maker, scope: Scope) -> list[str]:
    names = scope.of(*MUTABLE)
    if not names:
        return _read(maker, scope)
    name = maker.pick(names)
    if maker.chance(0.2):
        other = maker.name("o")
        maker.mark("kept in another list")
        return [
            f"{other} = [0, {name}]",
            f"effect('other', len({other}))",
            f"{other}[1] and {other}.append(1)",
        ]
    if scope.names[name] == "nest" and maker.chance(0.3):
        maker.mark("kept by a helper")
        return [f"keep_part({name})"]
    text, feature, other = maker.pick(_KEEPING)
    maker.mark(feature)
    maker.others.append((other, ""))
    return [re.sub(r"\bX\b", name, text)]


def _harm(maker: Maker, scope: Scope) -> list[str]:
    """Changes what a variable may hold, by another way to it."""
    others = [text for text, name in maker.others if not name or name in scope.names]
    if not others:
        return _read(maker, scope)
    maker.mark("changed by another way")
    return [f"harm({maker.pick(others)})"]


def _meddle(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("helper mutates later")
    return [values.number(maker, maker.pick(_MEDDLING))]


def _event_changes(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("event is mutated")
    changes = (
        "event['n'] = N",
        "event.setdefault('items', []).append(N)",
        "event.pop('text', None)",
        "event['new'] = [N]",
    )
    return [values.number(maker, maker.pick(changes))]  # fmt: skip


def _global(maker: Maker, scope: Scope) -> list[str]:
    names = scope.of(*MUTABLE)
    if not names:
        return _read(maker, scope)
    maker.mark("global", "kept in a global")
    maker.globals.add("LAST")
    lines = [f"LAST = {maker.pick(names)}"]
    return lines + (["LAST and effect('last', repr(LAST))"] if maker.chance(0.4) else [])


def _read(maker: Maker, scope: Scope) -> list[str]:
    return [f"effect('read', {values.read(maker, scope)})"]
