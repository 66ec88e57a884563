"""The commands that the pages show: in `sh` blocks by themselves, in `console` blocks after `$` and with their output."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "sam-templates").glob("*/README.md")),
]
_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>sh|console)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Shown:
    """One command, a line without its comment."""

    page: str
    command: str
    output: str | None
    """What the page says it prints; None where the page says nothing."""


def shown() -> Iterator[Shown]:
    for page in PAGES:
        name = str(page.relative_to(ROOT))
        for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
            lines = [line.removeprefix(block["indent"]) for line in block["text"].splitlines()]
            read = _session if block["language"] == "console" else _script
            for command, output in read(lines):
                yield Shown(name, command, output)


def run(command: str, *more_on_path: Path) -> subprocess.CompletedProcess[str]:
    """Runs it as a shell would in the project's folder, with the test environment's programs at hand."""
    path = [*map(str, more_on_path), str(Path(sys.executable).parent), os.environ["PATH"]]
    return subprocess.run(
        ["bash", "-ec", command],
        cwd=ROOT,
        env={**os.environ, "PATH": os.pathsep.join(path), "NO_COLOR": "1", "COLUMNS": "100", "AWS_PAGER": ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _script(lines: list[str]) -> Iterator[tuple[str, None]]:
    while lines:
        command = _take_command(lines)
        if command:
            yield command, None


def _session(lines: list[str]) -> Iterator[tuple[str, str]]:
    while lines:
        assert lines[0].startswith("$ "), f"output without a command before it: {lines[0]}"
        lines[0] = lines[0].removeprefix("$ ")
        command = _take_command(lines)
        output = []
        while lines and not lines[0].startswith("$ "):
            output.append(lines.pop(0))
        yield command, "".join(f"{line}\n" for line in output)


def _take_command(lines: list[str]) -> str:
    """Takes the lines of one command: to the end of what is quoted, or of what a backslash continues."""
    taken, quote = "", None
    while True:
        line, quote = _without_comment(lines.pop(0), quote)
        goes_on = quote is not None or line.endswith("\\")
        taken += line.removesuffix("\\") + ("\n" if quote else " ")
        if not goes_on or not lines:
            return " ".join(taken.split())


def _without_comment(line: str, quote: str | None) -> tuple[str, str | None]:
    """The line up to its comment, and the quote that is open at its end."""
    for at, character in enumerate(line):
        if quote:
            quote = None if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#" and (at == 0 or line[at - 1].isspace()):
            return line[:at].rstrip(), None
    return line.rstrip(), quote
