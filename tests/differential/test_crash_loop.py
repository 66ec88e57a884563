"""Failure upon failure: each has the outcome that is foretold, and nothing is left of any.

UNUM_CRASH_LOOP is the number of invocations on each Python, UNUM_CRASH_LOOP_SEED their order (`make crash-loop`).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from threading import Event as Flag
from threading import Thread

import pytest

import environment
from differential.cloud import Cloud
from differential.crash_plan import ENDED, FATAL, RETURNED, ROW, SURVIVED, Step, plan
from differential.sides import HANGS_AFTER_S, STREAMING, Runtime, command, variables
from host_mode.loopback import Loopback, Request, Response
from host_mode.runtime_api import ACCEPTED, INVOCATION, NEXT, refuse

WHOLE = "UNUM_CRASH_LOOP" in os.environ
COUNT = int(os.environ.get("UNUM_CRASH_LOOP") or 200)
SEED = int(os.environ.get("UNUM_CRASH_LOOP_SEED") or 1)
VERSIONS = environment.MANAGED_RUNTIMES if WHOLE else environment.MANAGED_RUNTIMES[-1:]

# A leak of one descriptor or a few KB per invocation is far more than this; pools and arenas are less.
SPARE_DESCRIPTORS = 4
SPARE_KIB = 16 * 1024

OUT_OF_EVENTS, HANGS, EXIT = "out of events", "hangs", "exit"


class Lambda:
    """Hands out the steps one after the other, and keeps what comes of them."""

    def __init__(self, steps: list[Step]) -> None:
        self.outcomes: list[str] = []
        self.happenings: Queue[tuple[str, int]] = Queue()
        self.idle = lambda: None
        """Called between two invocations."""
        self._steps = steps
        self._next = 0
        self._closed = Flag()
        self._server = Loopback("runtime-api", self._answer)
        self.address = self._server.address

    def __enter__(self) -> Lambda:
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self._closed.set()
        self._server.close()

    def ended(self, status: int) -> None:
        """Of an environment: what it was handed out and has not answered ends with it."""
        if len(self.outcomes) < self._next:
            self.outcomes.append(ENDED.format(status))

    def is_done(self) -> bool:
        return len(self.outcomes) == len(self._steps)

    def _answer(self, request: Request) -> Response | None:
        if request.path == NEXT:
            return self._hand_out()
        if request.path == "/hangs":
            self.happenings.put((HANGS, 0))
            self._closed.wait()
            return None
        match = INVOCATION.fullmatch(request.path)
        if match is None:
            return refuse(404, "InvalidPath", request.path)
        self.outcomes.append(RETURNED if match[2] == "response" else _error_type(request.body))
        return ACCEPTED

    def _hand_out(self) -> Response | None:
        self.idle()
        if self._next == len(self._steps):
            self.happenings.put((OUT_OF_EVENTS, 0))
            self._closed.wait()
            return None
        self._next += 1
        event = self._steps[self._next - 1].event
        return Response(200, event.payload(), event.headers(self._next))


def _error_type(document: bytes) -> str:
    return json.loads(document)["errorType"]


class Watch:
    """What the environment's processes hold, between two invocations."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._session = process.pid
        self.samples: list[dict[str, tuple[int, int]]] = []
        """Each: program → descriptors, resident KiB."""

    def look(self) -> None:
        found = {}
        for pid in _processes_of(self._session):
            name = "bootstrap" if pid == self._session else f"worker {len(found)}"
            found[name] = (_descriptors(pid), _resident_kib(pid))
        self.samples.append(found)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_failure_has_its_outcome_and_leaves_nothing(
    version: str, runtime: Runtime, tmp_path: Path
) -> None:
    print(f"seed {SEED}, {COUNT} invocations")
    steps = plan(COUNT, SEED)
    assert {step.way for step in steps} == {*SURVIVED, *FATAL}
    ROW.stage(tmp_path / "task", runtime.python)
    with Lambda(steps) as api, Cloud() as cloud:
        while not api.is_done():
            watch = _serve(api, cloud, runtime, tmp_path / "task")
    for number, (step, outcome) in enumerate(zip(steps, api.outcomes, strict=True), 1):
        assert outcome == step.outcome, f"invocation {number}, `{step.way}`, seed {SEED}"
    assert Counter(api.outcomes) == Counter(step.outcome for step in steps)
    _check_that_nothing_grew(watch.samples)


def _serve(api: Lambda, cloud: Cloud, runtime: Runtime, task_root: Path) -> Watch:
    """One environment, from its start to its end."""
    with _started(api, cloud, runtime, task_root) as process:
        watch = Watch(process)
        api.idle = watch.look
        what, status = api.happenings.get(timeout=HANGS_AFTER_S)
        if what == EXIT:
            assert not _processes_of(process.pid), "an environment that ended by itself leaves nothing"
        else:
            # Its time is up, or there is nothing more to do: Lambda ends the environment as a whole.
            _kill(process.pid)
            _, status = api.happenings.get(timeout=HANGS_AFTER_S)
        api.ended(status)
        return watch


@contextmanager
def _started(
    api: Lambda, cloud: Cloud, runtime: Runtime, task_root: Path
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command(ROW, STREAMING, runtime),
        env=variables(ROW, STREAMING, runtime, task_root, api.address, cloud.endpoint),
        cwd=task_root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        Thread(target=lambda: api.happenings.put((EXIT, process.wait())), daemon=True).start()
        yield process
    finally:
        _kill(process.pid)
        process.wait()


def _kill(session: int) -> None:
    for pid in _processes_of(session):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _check_that_nothing_grew(samples: list[dict[str, tuple[int, int]]]) -> None:
    assert len(samples) >= COUNT // 2, "the last environment was to serve the whole second half"
    warm, last = samples[len(samples) // 3], samples[-1]
    assert list(last) == ["bootstrap", "worker 1"], "no other process is left"
    for program in last:
        (descriptors, kib), (descriptors_now, kib_now) = warm[program], last[program]
        assert descriptors_now <= descriptors + SPARE_DESCRIPTORS, f"{program} leaks descriptors"
        assert kib_now <= kib + SPARE_KIB, f"{program} leaks memory"


def _processes_of(session: int) -> list[int]:
    """Those that run, the first one first."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The program's name is in parentheses, and may hold some itself.
            state, _parent, _group, of = stat.read_text().rpartition(") ")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of) == session and state != "Z":
            found.append(int(stat.parent.name))
    return sorted(found, key=lambda pid: (pid != session, pid))


def _descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def _resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
