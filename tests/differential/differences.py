"""What is different between two sides, and the differences that remain, as differences.toml lists them."""

from __future__ import annotations

import difflib
import fnmatch
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Of a line that is shown; a result may have megabytes.
MAX_SHOWN = 2000

LIST = Path(__file__).with_name("differences.toml")


@dataclass(frozen=True)
class Difference:
    row: str
    """A pattern, such as `results/nan_*`."""
    parts: Sequence[str]
    reason: str
    sides: Sequence[str] = ("ours", "streaming")
    pythons: Sequence[str] | None = None
    """None: every version."""

    def concerns(self, row: str, side: str, version: str) -> bool:
        of_version = self.pythons is None or version in self.pythons
        return side in self.sides and of_version and fnmatch.fnmatchcase(row, self.row)


def listed() -> list[Difference]:
    return [Difference(**entry) for entry in tomllib.loads(LIST.read_text()).get("difference", [])]


def problems(
    expected: Mapping[str, str], found: Mapping[str, str], side: str, known: Sequence[Difference]
) -> Iterator[str]:
    """What is different and not known to be, and what is said to be different and is not."""
    known_parts = {part for difference in known for part in difference.parts}
    for part in expected:
        is_different = expected[part] != found[part]
        if is_different and part not in known_parts:
            yield _diff(side, part, expected[part], found[part])
        if part in known_parts and not is_different:
            yield f"{side}: {part} is listed in {LIST.name}, but it is the same"


def _diff(side: str, part: str, expected: str, found: str) -> str:
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "aws", side, lineterm="", n=2)
    return f"{part} is different:\n" + "\n".join(line[:MAX_SHOWN] for line in lines)
