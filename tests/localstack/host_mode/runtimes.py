"""The managed runtimes that this machine can offer, as `tests/environment.py` has written them down."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from host_mode.events import Answer


@dataclass(frozen=True)
class ManagedRuntime:
    prefix: Path
    """The interpreter's installation, mounted at /var/lang."""
    folder: Path
    """bootstrap.py and awslambdaric, mounted at /var/runtime."""


class UnknownRuntime(Exception):
    pass


def managed_runtime(name: str) -> ManagedRuntime | None:
    """None for a custom runtime, which brings its own bootstrap."""
    if name.startswith("provided"):
        return None
    runtimes = json.loads(Path(os.environ["HOST_MODE_RUNTIMES"]).read_text())
    if name not in runtimes:
        offered = ", ".join(sorted(runtimes)) or "none"
        raise UnknownRuntime(f"no interpreter for {name} on this machine; offered are: {offered}")
    return ManagedRuntime(Path(runtimes[name]["prefix"]), Path(runtimes[name]["folder"]))


def unknown_runtime(error: UnknownRuntime) -> Answer:
    return Answer.error("Runtime.Unavailable", str(error))
