"""Layers, merged in order into the one folder that becomes /opt."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def merge(layers: Iterable[Path], target: Path) -> None:
    """A later layer's file replaces an earlier one's."""
    target.mkdir(parents=True, exist_ok=True)
    for layer in layers:
        _lay_over(layer, target)


def _lay_over(source: Path, target: Path) -> None:
    for entry in source.iterdir():
        place = target / entry.name
        if entry.is_dir() and not entry.is_symlink():
            place.mkdir(exist_ok=True)
            _lay_over(entry, place)
        else:
            place.unlink(missing_ok=True)
            # Hard links: quick, they keep the mode, and they outlive the layer when that is deleted.
            os.link(entry, place, follow_symlinks=False)
