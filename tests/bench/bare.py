"""An interpreter without what somebody has installed beside it.

On Lambda nothing is installed in the interpreter's site-packages that runs at every start; on a developer's machine it often is
(`.pth` files that import), and would count for the side with less of its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

INSTALLED = ("site-packages", "dist-packages")


def interpreter(executable: Path, version: str, folder: Path) -> Path:
    """Lays out a prefix in `folder` with the same standard library and no packages; its executable."""
    library = executable.resolve().parent.parent / "lib" / f"python{version}"
    ours = folder / "lib" / f"python{version}"
    (ours / "site-packages").mkdir(parents=True)
    for entry in library.iterdir():
        if entry.name not in INSTALLED:
            (ours / entry.name).symlink_to(entry)
    copy = folder / "bin" / f"python{version}"
    copy.parent.mkdir()
    # A link would be followed: the prefix is found from where the file itself is.
    shutil.copy2(executable.resolve(), copy)
    return copy
