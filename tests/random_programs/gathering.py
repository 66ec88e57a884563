"""Values that other variables hold a part of: rows that a loop gathers, a part of a response."""

from __future__ import annotations

import re

from random_programs import blocks, results, values
from random_programs.maker import Maker, Scope, indented
from random_programs.results import Result

# How a row gets into ROWS; TAGS and ROW are variables that hold a part of it then.
_ROWS = (
    "TAGS = [n]\nROW = {'n': n, 'tags': TAGS}\nROWS.append(ROW)",
    "ROW = [n, [n]]\nTAGS = ROW[1]\nROWS.append(ROW)",
    "TAGS = {'n': [n]}\nROW = keep(TAGS)\nROWS.append(ROW)",
    "ROW = {'n': n}\nTAGS = [ROW]\nROWS += TAGS",
    "ROWS.append(ROW := {'n': n, 'tags': (TAGS := [n])})",
    "ROW = TAGS = {'n': n}\nROWS = [*ROWS, ROW]",
)
_RESPONSES = (
    "RESPONSE = {'Items': [{'n': N}, {'n': [N]}], 'Page': {'next': N}}",
    "RESPONSE = keep({'Items': [{'n': N}], 'Page': {}})",
    "PAGES = [{'Items': [[N]], 'Page': {}}]\nRESPONSE = PAGES[-1]",
    "RESPONSE = dict(Items=[[N], [N]], Page=event)",
    "RESPONSE = {'Items': event.get('items') or [N], 'Page': {}}",
)
_LATER = (
    "ROW['late'] = N",
    "ROW.append(N)",
    "ROWS[0]['late'] = N",
    "TAGS.append(N)",
    "TAGS['late'] = N",
    "RESPONSE['Items'].append(N)",
    "RESPONSE['Items'][0]['late'] = N",
    "RESPONSE.clear()",
    "for ROW in ROWS:\n    ROW['late'] = N",
    "for n in (N, N):\n    ROW['late'] = n\n    ROW = {}",
    "while len(str(ROW)) < 40:\n    ROW['late'] = str(ROW)",
    "try:\n    risky(N, 1)\nexcept Exception:\n    ROW['late'] = N",
    "try:\n    risky(N, 1)\nfinally:\n    grow_map(ROW)",
    "later_#=lambda: ROW.update(late=N)\nlater_#()",
    "def later_#():\n    nonlocal_#.append(N)\nnonlocal_# = RESPONSE['Items']\nlater_#()",
    "[ROW.setdefault('late', n) for n in (N, N)]",
    "(n for n in [ROW.update(late=N)])",
    "del ROW",
    "ROW = None",
    "meddle(N)",
    "keep(ROW)\nmeddle(N)",
    "with lending(ROW):\n    meddle(N)",
    "other_# = ROW\nother_#['late'] = N",
    "later_# = iter(ROWS)\neffect('next', next(later_#, None))",
    "ROW, other_# = {}, ROW\nROW['late'] = N",
)
_HARMLESS = ("effect('row', ROW)", "effect('rows', len(ROWS))", "effect('tags', str(TAGS))", "pass")


def gathered(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("gathered")
    mark = maker.name("").strip("_")
    names = {name: f"{name.lower()}_{mark}" for name in ("ROWS", "ROW", "TAGS", "RESPONSE", "PAGES")}

    def filled(template: str) -> list[str]:
        text = values.number(maker, template)
        for name, variable in names.items():
            text = _replaced(text, name, variable)
        return text.replace("#", mark).split("\n")

    def later() -> list[str]:
        lines = filled(maker.pick(_HARMLESS if maker.chance(0.5) else _LATER))
        if maker.chance(0.3):
            lines = [
                maker.pick(("if event.get('flag'):", "for _ in range(2):", "while True:")),
                *indented(lines),
            ]
            lines += ["    break"] if lines[0] == "while True:" else []
        return lines

    lines = filled(maker.pick(_RESPONSES)) + filled("items_# = RESPONSE['Items']")
    lines += filled("ROW = TAGS = {}\nROWS = []" if maker.chance(0.7) else "ROWS = []")
    lines += ["for n in event.get('items') or (1, 2):", *indented(filled(maker.pick(_ROWS)))]
    if maker.chance(0.3):
        lines = [
            "try:",
            *indented(lines),
            "except LookupError:",
            *indented(filled("raise ValueError('rows')")),
        ]
    for _ in range(1 + maker.below(3)):
        lines += ["effect('between')", *later()]
    if maker.chance(0.3):
        lines += blocks.statement(maker, scope)
    pairs = [*results.items(maker, scope, result), *((key, filled(name)[0]) for key, name in _OWN)]
    return [*lines, f"late_{mark} = str(event)", f"return {results.display(maker, pairs)}"]


_OWN = (("gathered", "ROWS"), ("part", "items_#"))


def _replaced(text: str, name: str, variable: str) -> str:
    return re.sub(rf"\b{name}\b", variable, text)
