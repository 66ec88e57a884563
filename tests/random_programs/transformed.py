"""The one place that asks the transformer, by the command line."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from equivalence.cases import cli

HANDLER = "lambda_handler"
NOT_ANALYSED = 2
LONGEST_S = 60


@dataclass(frozen=True)
class Transformed:
    source: str | None
    """None: it runs as written."""
    settings: dict
    """What the worker has to know to stream it."""


class TransformerFailed(Exception):
    """It ended otherwise than it says it does."""


def transform(path: Path, by: Path | None = None) -> Transformed:
    """By the command line `by`; if it is not said, by the one of this workspace."""
    command = [by or cli(), "transform", path, "--handler", HANDLER, "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST_S)
    except subprocess.TimeoutExpired as error:
        raise TransformerFailed(f"no answer after {LONGEST_S} s") from error
    if done.returncode == NOT_ANALYSED and b"cannot analyse" in done.stderr:
        return Transformed(None, {})
    if done.returncode:
        raise TransformerFailed(f"status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return read(json.loads(done.stdout), path)


def read(document: dict, path: Path) -> Transformed:
    if document["source"] is None:
        return Transformed(None, {})
    report = document["report"]
    settings = {
        "handler": f"{path.stem}.{HANDLER}",
        "module": path.stem,
        "path": str(path),
        "injected": report["injected_name"],
        "keys": report["keys"],
        **document.get("settings", {}),
    }
    return Transformed(document["source"], settings)
