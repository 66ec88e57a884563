"""Which modules there are: those that an interpreter came with, and what is installed beside them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import environment
import interpreters


@dataclass(frozen=True)
class Modules:
    """Of one interpreter."""

    version: str
    python: Path
    paths: tuple[Path, ...]

    def sample(self, count: int, seed: int) -> Modules:
        chosen = random.Random(f"{seed} {self.version}").sample(self.paths, min(count, len(self.paths)))
        return Modules(self.version, self.python, tuple(chosen))


def find_all(versions: list[str] | None = None) -> list[Modules]:
    """The test environment's own packages count to the interpreter that it is made of."""
    found = []
    own = environment.ensure([])
    for version in versions or environment.MANAGED_RUNTIMES:
        interpreter = interpreters.find(version)
        if interpreter is None:
            continue
        folders = [interpreter.prefix / "lib" / f"python{version}"]
        if version == environment.version_of(own):
            folders.append(own.root / "venv" / "lib")
        # Debian keeps what is installed beside the standard library elsewhere; links would count twice.
        paths = sorted({path.resolve() for folder in folders for path in folder.rglob("*.py")})
        found.append(
            Modules(version, interpreter.executable, tuple(path for path in paths if path.is_file()))
        )
    return found
