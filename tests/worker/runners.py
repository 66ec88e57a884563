"""Interpreters to run the tests under, and the runtime to compare with."""

import functools
import json
import os
import subprocess
from pathlib import Path

import compiled
import environment
import interpreters

HERE = Path(__file__).resolve().parent


def _pythons():
    """Version → executable: UNUM_TEST_PYTHONS (`3.12=path`, separated by commas), else all that Lambda has and are here."""
    named = os.environ.get("UNUM_TEST_PYTHONS")
    if named:
        return {version: Path(path) for version, path in (entry.split("=") for entry in named.split(","))}
    found = {version: interpreters.find(version) for version in environment.MANAGED_RUNTIMES}
    return {version: interpreter.executable for version, interpreter in found.items() if interpreter}


PYTHONS = _pythons()
COMPILED_FOR = {version: python for version, python in PYTHONS.items() if version in compiled.VERSIONS}
"""Those that the layer brings its modules compiled for."""


@functools.lru_cache(maxsize=None)  # noqa: UP033
def table(python, script, *args):
    """Runs tables/<script> under an interpreter: what it printed, parsed."""
    command = [str(python), str(HERE / "tables" / script), str(HERE.parents[1] / "layer" / "python"), *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@functools.lru_cache(maxsize=None)  # noqa: UP033
def reference_packages():
    """The folder that holds awslambdaric and what it needs: the test environment's own /var/runtime."""
    tests = environment.ensure()
    return json.loads(tests.runtimes.read_text())[f"python{environment.version_of(tests)}"]["folder"]
