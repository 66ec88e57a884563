"""A function under the layer cannot tell it from AWS's own runtime: each row runs under both, on each Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import environment
from differential import differences, normalise
from differential.rows import all_rows
from differential.sides import AWS, OURS, SIDES, STREAMING, Runtime, run

ROWS = all_rows()
LISTED = differences.listed()


def _cases() -> list[tuple[str, str]]:
    return [
        (name, version)
        for name, row in ROWS.items()
        for version in row.pythons or environment.MANAGED_RUNTIMES
    ]


@pytest.mark.parametrize(("name", "version"), _cases())
def test_row(name: str, version: str, runtime: Runtime, tmp_path: Path) -> None:
    row = ROWS[name]
    outcomes = {side: run(row, side, runtime, tmp_path / "task") for side in SIDES}
    expected = normalise.parts(outcomes[AWS])
    problems = []
    for side in (OURS, STREAMING):
        known = [difference for difference in LISTED if difference.concerns(name, side, version)]
        found = normalise.parts(outcomes[side])
        problems += differences.problems(expected, found, side, known)
        problems += [
            f"{side}: {part} shows a file of the layer"
            for part, text in found.items()
            if normalise.LAYER in text
        ]
    if row.streams is not None and row.streams is not (outcomes[STREAMING].stored > 0):
        problems.append("is to stream, but does not" if row.streams else "is not to stream, but does")
    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)


def test_each_listed_difference_is_about_a_row() -> None:
    for difference in LISTED:
        assert any(
            difference.concerns(name, side, version)
            for name, version in _cases()
            for side in difference.sides
        ), f"no row is called {difference.row}"
