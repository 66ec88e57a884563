"""Makes a failing program small: takes out statements, and compound statements around their suites, while it fails."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator

from random_programs.program import Program

# Without it a loop would not end.
_COUNTS_TURNS = re.compile(r"\s*turn_\d+ \+= 1")
_CLAUSE = re.compile(r"\s*(elif|else|except|finally)\b")

Fails = Callable[[Program], bool]


def minimise(program: Program, fails: Fails) -> Program:
    for event in program.events:
        fewer = dataclasses.replace(program, events=[event])
        if fails(fewer):
            program = fewer
            break
    while True:
        smaller = _one_pass(program, fails)
        if smaller.source == program.source:
            return program
        program = smaller


def _one_pass(program: Program, fails: Fails) -> Program:
    lines = program.source.splitlines(keepends=True)
    at = 0
    while at < len(lines):
        for shorter in _shorter(lines, at):
            candidate = dataclasses.replace(program, source="".join(shorter))
            if _ends(lines, shorter) and fails(candidate):
                program, lines = candidate, shorter
                break
        else:
            at += 1
    return program


def _shorter(lines: list[str], at: int) -> Iterator[list[str]]:
    end = _end_of_block(lines, at)
    whole = _end_of_statement(lines, at, end)
    yield lines[:at] + lines[whole:]
    if whole > end:
        yield lines[:at] + [_dedented(line) for line in lines[at + 1 : end]] + lines[whole:]
        yield lines[:at] + lines[end:]
    if end > at + 1:
        yield lines[:at] + lines[at + 1 :]
        yield lines[:at] + [_dedented(line) for line in lines[at + 1 : end]] + lines[end:]


def _end_of_block(lines: list[str], at: int) -> int:
    """After the lines that are further in than this one."""
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > _indent(lines[at])):
        end += 1
    return end


def _end_of_statement(lines: list[str], at: int, end: int) -> int:
    """After its other clauses, too."""
    while end < len(lines) and _indent(lines[end]) == _indent(lines[at]) and _CLAUSE.match(lines[end]):
        end = _end_of_block(lines, end)
    return end


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _dedented(line: str) -> str:
    return re.sub(r"^(    |\t)", "", line)


def _ends(before: list[str], after: list[str]) -> bool:
    turns = [sum(bool(_COUNTS_TURNS.search(line)) for line in lines) for lines in (before, after)]
    loops = [sum("while " in line for line in lines) for lines in (before, after)]
    return turns[0] - turns[1] <= loops[0] - loops[1]
