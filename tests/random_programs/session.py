"""One long-lived child for each interpreter, and what programs give on all of them."""

from __future__ import annotations

import json
import select
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from random_programs.program import Program
from random_programs.transformed import HANDLER, Transformed, TransformerFailed, transform

import environment
import interpreters

HERE = Path(__file__).resolve().parent
LAYER = HERE.parents[1] / "layer" / "python"
VERSIONS = ("3.8", *environment.MANAGED_RUNTIMES)
LONGEST_ANSWER_S = 30
NO_ANSWER = "the interpreter hangs or died"


@dataclass
class Verdict:
    differences: list[str] = field(default_factory=list)
    by_version: set[str] = field(default_factory=set)
    """The interpreters on which something differs."""
    published: int = 0
    fields: int = 0
    is_transformed: bool = False
    guards: int = 0
    """Places in loops at which something may be published."""

    @property
    def streams(self) -> bool:
        return self.published > 0


class Child:
    """One interpreter; started again after it died."""

    def __init__(self, version: str, python: Path):
        self.version = version
        self._python = python
        self._process: subprocess.Popen | None = None

    def ask(self, job: dict) -> dict:
        process = self._process or self._start()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], LONGEST_ANSWER_S)
            answer = process.stdout.readline() if ready else ""
        except BrokenPipeError:
            answer = ""
        if answer:
            return json.loads(answer)
        self.close()
        return {"differences": [NO_ANSWER], "published": 0, "fields": 0}

    def _start(self) -> subprocess.Popen:
        pipe = subprocess.PIPE
        command = [self._python, "-E", "-s", "-B", HERE / "child.py", LAYER]
        # -E would hide PYTHONHASHSEED, and nothing that is compared depends on it.
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8")
        return self._process

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process = None


class Session:
    """`with Session(find(versions)) as session: session.judge(program)`"""

    def __init__(self, pythons: dict[str, Path], transform: Callable[[Path], Transformed] = transform):
        self._transform = transform
        self._children = [Child(version, python) for version, python in pythons.items()]
        self._folder = tempfile.TemporaryDirectory(prefix="random-programs-")

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        for child in self._children:
            child.close()
        self._folder.cleanup()

    def judge(self, program: Program, only: Iterable[str] = ()) -> Verdict:
        try:
            transformed = self._transform(self.write(program))
        except TransformerFailed as error:
            return Verdict([f"the transformer failed: {error}"])
        return self.compare(program, transformed, only)

    def write(self, program: Program) -> Path:
        path = Path(self._folder.name, "app.py")
        path.write_bytes(program.source.encode())
        return path

    def compare(
        self, program: Program, transformed: Transformed, only: Iterable[str] = (), trusting: bool = False
    ) -> Verdict:
        """`trusting`: the publisher takes every value that it is to publish for the handler's own."""
        if transformed.source is None:
            return Verdict()
        job = {
            "source": program.source,
            "transformed": transformed.source,
            "settings": transformed.settings,
            "path": str(Path(self._folder.name, "app.py")),
            "handler": HANDLER,
            "events": program.events,
            "trusting": trusting,
        }
        verdict = Verdict(is_transformed=True, guards=transformed.settings.get("guards", 0))
        for child in self._children:
            if number(child.version) < program.needs or (only and child.version not in only):
                continue
            answer = child.ask(job)
            verdict.published += answer["published"]
            verdict.fields += answer["fields"]
            if answer["differences"]:
                verdict.by_version.add(child.version)
                verdict.differences += [f"{child.version}: {one}" for one in answer["differences"]]
            if answer["differences"] == [NO_ANSWER]:
                break
        return verdict


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def find(versions: Iterable[str] = VERSIONS) -> dict[str, Path]:
    found = {version: interpreters.find(version) for version in versions}
    return {version: one.executable for version, one in found.items() if one is not None}
