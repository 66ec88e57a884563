"""What is run: every fixture of the transformer, and the handlers beside this file.

A case says in comment lines of its own what it needs:

    # handler: name           the function, if it is not lambda_handler
    # events: [{}, {"n": 1}]  the events, if they are not the usual ones
    # early: a, b             these fields are published early, at least once on every interpreter
    # caught                  the value changes behind the handler's back: the invocation fails and says so
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIXTURES = ROOT / "transformer" / "tests" / "fixtures"
HANDLERS = HERE / "handlers"
STAND_INS = HERE / "stand_ins.py"

USUAL_EVENTS = [{}, {"data": [1, 2, 3]}]
FIXTURE_EVENTS = [
    {},
    {"c": True, "data": [3, 1, 2], "id": 7, "items": [1, [2]], "n": 3, "user": {"name": "é"}, "xs": [1, 2]},
    {"c": False, "data": [], "id": None, "items": {}, "kind": [], "n": 0, "user": [{}], "xs": []},
]


@dataclass(frozen=True)
class Case:
    source: Path

    @property
    def name(self) -> str:
        return f"{self.source.parent.name}/{self.source.stem}"

    @property
    def handler(self) -> str:
        return self._directive("handler") or "lambda_handler"

    @property
    def events(self) -> list:
        given = self._directive("events")
        if given:
            return json.loads(given)
        return FIXTURE_EVENTS if FIXTURES in self.source.parents else USUAL_EVENTS

    @property
    def early(self) -> set[str]:
        return set(re.findall(r"[^,\s]+", self._directive("early") or ""))

    @property
    def runs_as_written(self) -> bool:
        return self.source.parent.name == "skipped"

    @property
    def is_caught(self) -> bool:
        return self._directive("caught") is not None

    def _directive(self, name: str) -> str | None:
        text = self.source.read_bytes().decode("latin-1")
        found = re.search(rf"(?:^|[\r\n])# {name}\b:?[ \t]*([^\r\n]*)", text)
        return found and found[1]


@dataclass(frozen=True)
class Staged:
    """A case in a folder of its own, with what the worker has to know to stream it."""

    folder: Path
    module: str
    function: str
    transformed: str
    """Empty: it runs as written."""
    settings: dict
    """What the worker has to know of the transformed text."""

    @property
    def handler(self) -> str:
        return f"{self.module}.{self.function}"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.settings.get("keys", ()))


def find_all() -> list[Case]:
    folders = (FIXTURES / "published", FIXTURES / "skipped", HANDLERS)
    return [Case(path) for folder in folders for path in sorted(folder.glob("*.py"))]


def cli() -> Path:
    target = ROOT / (os.environ.get("CARGO_TARGET_DIR") or "target")
    path = Path(os.environ.get("UNUM_CLI") or target / "debug" / "unum-streaming")
    assert path.is_file(), f"there is no command line in {path}: `make e2e` builds it (or set UNUM_CLI)"
    return path


def put(folder: Path, module: str, source: bytes) -> Path:
    """Writes a handler's module where the worker finds it, with the stand-ins for what the fixtures call."""
    folder.mkdir(parents=True)
    path = folder / f"{module}.py"
    path.write_bytes(source)
    shutil.copy(STAND_INS, folder)
    # The worker reads the .pth files of the task's folder, as AWS's runtime does.
    (folder / "stand_ins.pth").write_text("import stand_ins\n")
    return path


def transform(path: Path, handler: str) -> dict:
    """What the command line says of a handler: its `source`, null if it runs as written, and the `report`."""
    command = [cli(), "transform", path, "--handler", handler, "--format", "json"]
    done = subprocess.run(command, capture_output=True, timeout=60)
    # A module that cannot be analysed is told on stderr; it runs as written.
    assert done.returncode == 0 or done.returncode == 2 and b"cannot analyse" in done.stderr, done.stderr
    return json.loads(done.stdout) if done.stdout else {"source": None}


def stage(case: Case, folder: Path) -> Staged:
    path = put(folder, case.source.stem, case.source.read_bytes())
    return staged(path, case.handler)


def staged(path: Path, handler: str) -> Staged:
    """For a module that is in its place already."""
    document = transform(path, handler)
    return Staged(path.parent, path.stem, handler, document["source"] or "", document.get("settings") or {})
