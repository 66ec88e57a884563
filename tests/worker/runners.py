"""Interpreters to run the tests under: UNUM_TEST_PYTHONS (paths, separated by colons), else pyenv's and PATH's."""

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MINORS = range(8, 16)


def _interpreters():
    named = os.environ.get("UNUM_TEST_PYTHONS")
    if named:
        return [Path(path) for path in named.split(":")]
    found = {}
    for minor in MINORS:
        version = f"3.{minor}"
        pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(version + ".*/bin/python"))
        path = shutil.which("python" + version)
        if pyenv:
            found[minor] = pyenv[-1]
        elif path and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0:
            found[minor] = Path(path)
    found.setdefault(sys.version_info.minor, Path(sys.executable))
    return [found[minor] for minor in sorted(found)]


def _name(python):
    probe = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(
        [str(python), "-c", probe], capture_output=True, text=True, check=True
    ).stdout.strip()


PYTHONS = {_name(python): python for python in _interpreters()}


@functools.lru_cache(maxsize=None)  # noqa: UP033
def table(python, script, *args):
    """Runs tables/<script> under an interpreter: what it printed, parsed."""
    command = [str(python), str(HERE / "tables" / script), str(HERE.parents[1] / "layer" / "python"), *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def reference_packages():
    """The directory that holds awslambdaric and what it needs."""
    return str(Path(importlib.util.find_spec("awslambdaric").origin).parents[1])
