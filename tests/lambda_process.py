"""Starts a runtime as Lambda would: AWS's own, or the layer's bootstrap in its place."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import environment
from functions import wait_until
from scripted_api import PATIENCE_S

AWS, OURS = "aws", "ours"
MARK = "UNUM_TEST_RUNTIME"


@dataclass(frozen=True)
class Managed:
    """One of Lambda's managed runtimes, as the test environment has it."""

    name: str
    """`python3.12`"""
    prefix: Path
    folder: Path
    """/var/runtime"""

    @property
    def python(self) -> Path:
        return self.prefix / "bin" / self.name


@functools.lru_cache(maxsize=1)
def managed() -> dict[str, Managed]:
    """By name, oldest first."""
    known = json.loads(environment.ensure().runtimes.read_text())
    names = sorted(known, key=lambda name: int(name.rpartition(".")[2]))
    return {name: Managed(name, Path(known[name]["prefix"]), Path(known[name]["folder"])) for name in names}


class HasAddress(Protocol):
    """A Runtime API."""

    @property
    def address(self) -> str: ...


class Runtime:
    """A started runtime: the process that Lambda would have started, in a process group of its own."""

    def __init__(
        self,
        side: str,
        runtime: Managed,
        api: HasAddress,
        folder: Path,
        *,
        layer: Path,
        handler: str = "app.handler",
        env: Mapping[str, str] | None = None,
        within: str | None = None,
    ) -> None:
        """`folder` holds `task/`, the function's code; its output goes beside it. `within` is a wrapper of others."""
        self._mark = uuid.uuid4().hex
        self._output = {name: folder / f"{side}-{self._mark}.{name}" for name in ("stdout", "stderr")}
        command = [str(runtime.python), str(runtime.folder / "bootstrap.py")]
        variables = {
            "PATH": os.environ["PATH"],
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime.name}",
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "LAMBDA_RUNTIME_DIR": str(runtime.folder),
            "LAMBDA_TASK_ROOT": str(folder / "task"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "_HANDLER": handler,
            MARK: self._mark,
            **(env or {}),
        }
        if side == OURS:
            command = [str(layer / "bootstrap"), *command]
        with self._output["stdout"].open("wb") as stdout, self._output["stderr"].open("wb") as stderr:
            self.process = subprocess.Popen(
                [within, *command] if within else command,
                env=variables,
                cwd=folder / "task",
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    @property
    def stdout(self) -> str:
        return self._output["stdout"].read_text(errors="replace")

    @property
    def stderr(self) -> str:
        return self._output["stderr"].read_text(errors="replace")

    def wait(self) -> int:
        """The exit status as a shell would show it: 128 + n where signal n ended the process."""
        status = self.process.wait(PATIENCE_S)
        return 128 - status if status < 0 else status

    def terminate(self) -> None:
        """As Lambda does at the end of an environment: the whole process group is told."""
        os.killpg(self.process.pid, signal.SIGTERM)

    def processes(self) -> list[int]:
        """Every process of this runtime that still runs."""
        return list(_marked(self._mark))

    def wait_until_gone(self) -> None:
        wait_until(lambda: not self.processes(), "every process of the runtime has ended", PATIENCE_S)

    def kill(self) -> None:
        for pid in self.processes():
            _kill(pid)
        self.process.kill()
        self.process.wait()


Start = Callable[..., Runtime]
"""What the fixture `start` gives."""


def _marked(mark: str) -> Iterator[int]:
    wanted = f"{MARK}={mark}".encode()
    for entry in os.listdir("/proc"):
        if entry.isdigit() and wanted in _environ(entry).split(b"\0"):
            yield int(entry)


def _environ(pid: str) -> bytes:
    try:
        return Path("/proc", pid, "environ").read_bytes()
    except OSError:
        return b""


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
