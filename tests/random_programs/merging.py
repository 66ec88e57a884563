"""Dicts that go into another one while an expression beside them changes them, or binds their name anew."""

from __future__ import annotations

import re

from random_programs import blocks, results, values
from random_programs.maker import Maker, Scope
from random_programs.results import Result

# An expression that does something to the dict `D`, which has the key `KEY`.
_CHANGES = (
    "D.pop(KEY)",
    "D.pop(KEY, 0)",
    "D.popitem()[1]",
    "D.setdefault('new', N)",
    "D.setdefault(KEY, N)",
    "D.update(new=N)",
    "D.__setitem__(KEY, N)",
    "D.clear()",
    "[D.pop(k) for k in list(D)[1:]]",
    "take(D)",
    "keep(D).pop(KEY)",
    "grow_map(D)",
    'f"{D.pop(KEY)}"',
    "(lambda: D.pop(KEY))()",
    "(D := {KEY: N, 'new': 1})[KEY]",
    "(D := {**D, 'new': N})['new']",
    "(event.get('flag') and D.pop(KEY))",
)
_HARMLESS = ("len(D)", "D[KEY]", "D.get('new')", "'new' in D", "[*D]")
# What else is returned stands in `REST`, as the items of a display.
_MADE = {
    "{REST, 'id': CHANGE, **D}": 3,
    "{**D, 'id': CHANGE, REST}": 1,
    "{'id': CHANGE, **D, REST}": 3,
    "{**{'id': CHANGE}, **D, REST}": 1,
    "dict(D, id=CHANGE)": 1,
    "dict({REST}, id=CHANGE, **D)": 1,
    "dict({'id': CHANGE, REST}, **D)": 1,
    "dict({'id': CHANGE, **D, REST})": 1,
    "{**dict(D, id=CHANGE), REST}": 1,
    "{'id': CHANGE, REST} | D": 1,
    "D | {'id': CHANGE, REST}": 1,
}
_UPDATED = {
    "R.update(D, id=CHANGE)": 2,
    "R.update({'id': CHANGE, **D})": 2,
    "R.update({**D, 'id': CHANGE})": 1,
    "R.update(id=CHANGE, **D)": 1,
    "R |= {'id': CHANGE, **D}": 1,
    "R = {'id': CHANGE, **R, **D}": 1,
    "R = {**R, **D, 'id': CHANGE}": 1,
    "R['id'] = CHANGE\nR.update(D)": 1,
    "R.setdefault('id', CHANGE)\nR.update(D)": 1,
    "R['id'] = {'held': CHANGE, **D}\nR.update(D)": 1,
}
_BESIDE = {
    "try:\n    raise ValueError(CHANGE)\nexcept ValueError:\n    effect('raised')": 3,
    "try:\n    return {'other': CHANGE}\nfinally:\n    RETURN": 3,
    "for i_# in range(2):\n    try:\n        return {'other': CHANGE}\n    finally:\n        break": 2,
    "try:\n    risky(1, CHANGE and 1)\nexcept Exception:\n    effect('raised')": 1,
    "assert CHANGE is not event": 1,
    "effect('changed', CHANGE)": 1,
    "if CHANGE:\n    effect('changed')": 1,
    "for i_# in (CHANGE, 1):\n    effect('turn')": 1,
    "with lending(CHANGE):\n    effect('held')": 1,
    "lazy_# = (CHANGE for _ in 'ab')\neffect('lazy', *lazy_#)": 1,
    "held_#: object = CHANGE": 1,
    "def change_#(v=CHANGE):\n    return v": 1,
}


def merged(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("merged while it changes")
    pairs = results.items(maker, scope, result)
    cut = 1 + maker.below(len(pairs))
    dict_name = maker.name("item")
    lines = [f"{dict_name} = {results.display(maker, pairs[:cut])}", *_between(maker, scope)]
    key = repr(maker.pick(pairs[:cut])[0])
    change = _change(maker, dict_name, key)
    rest = ", ".join(f'"{name}": {text}' for name, text in [*pairs[cut:], ("rest", "1")])
    make = maker.weighted({_returned: 4, _kept: 3, _updated: 5, _beside: 4})
    return [*lines, *make(maker, scope, dict_name, change, rest)]


def _change(maker: Maker, name: str, key: str) -> str:
    text = maker.pick(_HARMLESS if maker.chance(0.1) else _CHANGES)
    return re.sub(r"\bD\b", name, values.number(maker, text)).replace("KEY", key)


def _filled_in(maker: Maker, template: str, name: str, change: str, rest: str, target: str = "") -> str:
    text = re.sub(r"\bR\b", target, re.sub(r"\bD\b", name, template))
    return text.replace("CHANGE", change).replace("REST", rest).replace("#", maker.name("").strip("_"))


def _allowed(maker: Maker, templates: dict[str, int]) -> str:
    """Dicts have `|` since Python 3.9."""
    template = maker.weighted(templates)
    if re.search(r" \|=? ", template) and not maker.since((3, 9)):
        return next(iter(templates))
    return template


def _between(maker: Maker, scope: Scope) -> list[str]:
    return blocks.statement(maker, scope) if maker.chance(0.3) else ["effect('between')"] * maker.chance(0.5)


def _returned(maker: Maker, scope: Scope, name: str, change: str, rest: str) -> list[str]:
    return [f"return {_filled_in(maker, _allowed(maker, _MADE), name, change, rest)}"]


def _kept(maker: Maker, scope: Scope, name: str, change: str, rest: str) -> list[str]:
    made = _filled_in(maker, _allowed(maker, _MADE), name, change, rest)
    return [f"out = {made}", *_late(maker, scope, "out"), "return out"]


def _updated(maker: Maker, scope: Scope, name: str, change: str, rest: str) -> list[str]:
    """At times it is the dict itself that changes while it takes the other one in."""
    template = _allowed(maker, _UPDATED)
    lines = [f"out = {{{rest}}}", *_between(maker, scope)]
    if maker.chance(0.25):
        change = _change(maker, "out", "'rest'")
    lines += _filled_in(maker, template, name, change, rest, "out").split("\n")
    return [*lines, *_late(maker, scope, "out"), "return out"]


def _beside(maker: Maker, scope: Scope, name: str, change: str, rest: str) -> list[str]:
    """The change stands in another statement, or in a return that another one replaces."""
    made = f"{{**{name}, {rest}}}"
    template = maker.weighted(_BESIDE)
    lines = _filled_in(maker, template.replace("RETURN", f"return {made}"), name, change, rest).split("\n")
    if maker.chance(0.5):
        return [*lines, f"return {made}"]
    return [*lines, f"{name}['late'] = {values.fresh(maker, 'ints')}", f"return {name}"]


def _late(maker: Maker, scope: Scope, name: str) -> list[str]:
    """A field that is stored when the others are there."""
    variable = maker.name("late")
    if maker.chance(0.2):
        return []
    lines = [f"{variable} = {values.fresh(maker, 'ints')}", f"{name}['late'] = {variable}"]
    return [*lines, *_between(maker, scope)]
