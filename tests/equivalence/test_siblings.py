"""What other modules of the function do at run time, which the analysis has not read: the same as written all the same."""

import json
import re
from pathlib import Path

import pytest
from cases import staged
from compare import run

FILES = Path(__file__).resolve().parent / "siblings"


@pytest.mark.parametrize("program", sorted(FILES.glob("*.txt")), ids=lambda program: program.stem)
def test_same_as_written(program, python, tmp_path):
    """A file holds modules, each behind its name; the first one is the handler's, and begins with what is expected."""
    version, executable = python
    _, *parts = re.split(r"(?m)^--- (.+)\n", program.read_text())
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    app = tmp_path / "app.py"
    directives = dict(re.findall(r"(?m)^# (early|events|since 3.13): ?(.*)$", app.read_text()))
    ready = staged(app, "lambda_handler")
    assert ready.transformed
    runs = run(ready, json.loads(directives.get("events", "[{}]")), executable, version)
    assert runs.differences() == []
    since = "since 3.13" if int(version.split(".")[1]) >= 13 else ""
    assert runs.early == set(re.findall(r"\w+", directives["early"] + directives.get(since, "")))
