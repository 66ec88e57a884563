"""The managed runtimes of this machine, each with the layer."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

import environment
from differential.sides import Runtime


@functools.cache
def _offered() -> dict[str, dict[str, str]]:
    return json.loads(environment.ensure().runtimes.read_text())


@pytest.fixture
def runtime(version: str, layer_folder: Path) -> Runtime:
    """That of the test's `version`."""
    offered = _offered().get(f"python{version}")
    if offered is None:
        pytest.skip(f"there is no Python {version} on this machine")
    python = Path(offered["prefix"], "bin", f"python{version}")
    return Runtime(version, python, Path(offered["folder"]), layer_folder)
