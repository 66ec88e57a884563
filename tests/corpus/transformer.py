"""The transformer in a process of its own: many questions, as many answers, whatever happens to it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Question:
    path: str
    handler: str
    text: str | None
    """To take instead of what the file holds."""

    def __str__(self) -> str:
        return f"{self.path}: {self.handler}" + (" (grown)" if self.text is not None else "")


def program() -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR") or "target")
    path = Path(os.environ.get("UNUM_CORPUS") or ROOT / target / "checked" / "unum-corpus")
    assert path.is_file(), f"there is no {path}: `make corpus` builds it (or set UNUM_CORPUS)"
    return path


def ask(questions: list[Question], by: Path | None = None) -> list[dict]:
    """An answer for each, of `by` or of this workspace's; one that its process did not survive is `{"died": status}`."""
    answers: list[dict] = []
    while len(answers) < len(questions):
        found, status = _ask(questions[len(answers) :], by or program())
        answers += found
        if len(answers) < len(questions):
            answers.append({"died": "it hangs" if status == 3 else f"status {status}"})
    return answers


def _ask(questions: list[Question], by: Path) -> tuple[list[dict], int]:
    with tempfile.TemporaryFile("w+") as lines:
        for question in questions:
            lines.write(json.dumps(asdict(question)) + "\n")
        lines.seek(0)
        done = subprocess.run([by], stdin=lines, stdout=subprocess.PIPE)
    whole = done.stdout[: done.stdout.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()], done.returncode
