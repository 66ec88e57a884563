"""Finds the Python interpreters of this machine, by version. Standard library only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Interpreter:
    version: str
    """`3.12`"""
    prefix: Path
    """The installation: `bin/python3.12` and `lib/python3.12` are in it."""

    @property
    def executable(self) -> Path:
        return self.prefix / "bin" / f"python{self.version}"


def find(version: str) -> Interpreter | None:
    """The first one of this version on PATH, else pyenv's newest."""
    for executable in (*_on_path(version), *_in_pyenv(version)):
        interpreter = Interpreter(version, executable.resolve().parent.parent)
        if (
            os.access(interpreter.executable, os.X_OK)
            and (interpreter.prefix / f"lib/python{version}/os.py").exists()
        ):
            return interpreter
    return None


def _on_path(version: str) -> Iterator[Path]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        executable = Path(folder, f"python{version}")
        # pyenv's shims are scripts: they run some interpreter, but they are none.
        if executable.is_file() and not _is_script(executable):
            yield executable


def _in_pyenv(version: str) -> list[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = root.glob(f"versions/{version}.*/bin/python{version}")
    return sorted(found, key=_patch_level, reverse=True)


def _patch_level(executable: Path) -> int:
    """12 for versions/3.11.12/bin/python3.11"""
    last = executable.parts[-3].rpartition(".")[2]
    return int(last) if last.isdigit() else -1


def _is_script(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"#!"
