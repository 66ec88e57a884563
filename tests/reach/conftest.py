"""Each handler's runs on the interpreters, made when a test first asks."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from cases import Staged
from compare import Runs, run

import environment
import interpreters
from reach import Handler, find_all, stage

FOUND = {version: interpreters.find(version) for version in environment.MANAGED_RUNTIMES}
PYTHONS = {version: found.executable for version, found in FOUND.items() if found is not None}


class Suite:
    """Runs a handler once on each interpreter and remembers what came of it."""

    versions = [*PYTHONS]
    newest = versions[-1]

    def __init__(self, folder: Path):
        self._folder = folder
        self._stage = functools.cache(self._staged)
        self.runs = functools.cache(self._runs)

    def _staged(self, handler: Handler) -> Staged:
        return stage(handler, self._folder / handler.name)

    def _runs(self, handler: Handler, version: str) -> Runs:
        return run(self._stage(handler), handler.events, PYTHONS[version], version)


@pytest.fixture(scope="session")
def suite(tmp_path_factory):
    return Suite(tmp_path_factory.mktemp("reach"))


def pytest_generate_tests(metafunc):
    if "handler" in metafunc.fixturenames:
        metafunc.parametrize("handler", find_all(), ids=lambda handler: handler.name)
