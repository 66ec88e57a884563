"""The interpreters, and each case's runs on them, made when a test first asks."""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cases import Case, find_all, stage
from compare import Runs, run

import environment
import interpreters

PARALLEL = 3
FOUND = {version: interpreters.find(version) for version in environment.MANAGED_RUNTIMES}
PYTHONS = {version: found.executable for version, found in FOUND.items() if found is not None}


class Suite:
    """Runs a case once and remembers what came of it."""

    def __init__(self, folder: Path, pool: ThreadPoolExecutor):
        self._folder = folder
        self._pool = pool
        self.results = functools.cache(self._results)

    def _results(self, case: Case) -> dict[str, Runs]:
        """By the interpreter's version."""
        staged = stage(case, self._folder / case.name)
        if case.runs_as_written:
            assert not staged.transformed, f"{case.name} is to run as written"
        # As written is as written: the oldest and the newest interpreter show whether anything else differs.
        versions = [*PYTHONS] if staged.transformed else [[*PYTHONS][0], [*PYTHONS][-1]]
        begun = {
            version: self._pool.submit(run, staged, case.events, PYTHONS[version], version)
            for version in dict.fromkeys(versions)
        }
        return {version: future.result() for version, future in begun.items()}


@pytest.fixture(scope="session")
def suite(tmp_path_factory):
    with ThreadPoolExecutor(PARALLEL) as pool:
        yield Suite(tmp_path_factory.mktemp("equivalence"), pool)


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", find_all(), ids=lambda case: case.name)
    if "python" in metafunc.fixturenames:
        metafunc.parametrize("python", PYTHONS.items(), ids=PYTHONS)
