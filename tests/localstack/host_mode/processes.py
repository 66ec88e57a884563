"""The processes of one execution environment: start, stop (freeze), continue (thaw) and kill all of them.

They are found by their mount namespace, which is private to the environment and which a process keeps however
often it forks, daemonizes or changes its session.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

SCRIPT = Path(__file__).with_name("namespace.sh")
STOPPED_STATES = {"T", "t", "Z", "X"}
# How long to wait for signals to take effect; more than a millisecond only if a process hangs in the kernel.
SIGNALS_SECONDS = 5.0


def unshare_command() -> list[str]:
    """Root needs no user namespace; anyone else becomes root in one, where the system allows that."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *user, "--propagation", "private"]


class Processes:
    def __init__(
        self, root: Path, mounts: list[str], command: list[str], environment: Mapping[str, str]
    ) -> None:
        """`root` is the environment's own folder; `mounts` are namespace.sh's arguments after ROOT."""
        self._namespace_file = root / "namespace"
        self._leader = subprocess.Popen(
            [*unshare_command(), "sh", str(SCRIPT), str(root), *mounts, *command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._frozen: list[int] = []

    @property
    def output(self) -> int:
        """The descriptor to read stdout and stderr from."""
        assert self._leader.stdout is not None
        return self._leader.stdout.fileno()

    def wait(self) -> int:
        """Waits for the first process to end; its exit status, or minus the signal that ended it."""
        return self._leader.wait()

    def freeze(self) -> None:
        """Returns once every process has stopped; a process forked meanwhile is found by the next look."""
        deadline = time.monotonic() + SIGNALS_SECONDS
        while (running := self._running()) and time.monotonic() < deadline:
            for pid in running:
                _signal(pid, signal.SIGSTOP)
            self._frozen = list({*self._frozen, *running})
            time.sleep(0.0005)

    def thaw(self) -> None:
        for pid in self._frozen:
            _signal(pid, signal.SIGCONT)
        self._frozen = []

    def kill(self) -> None:
        """Also before the namespace exists, and also when the first process is gone already."""
        self._leader.kill()
        self._leader.wait()
        kill_namespace(self._namespace_file)

    def _running(self) -> list[int]:
        return [pid for pid in _processes_in(self._namespace_file) if _state(pid) not in STOPPED_STATES]


def kill_namespace(namespace_file: Path) -> None:
    """Kills every process whose mount namespace is the one named in this file."""
    deadline = time.monotonic() + SIGNALS_SECONDS
    while (pids := list(_processes_in(namespace_file))) and time.monotonic() < deadline:
        for pid in pids:
            _signal(pid, signal.SIGKILL)
        time.sleep(0.001)


def _processes_in(namespace_file: Path) -> Iterator[int]:
    namespace = namespace_file.read_text().strip() if namespace_file.exists() else ""
    # Never our own: the file is written by a process that has already left our namespace.
    if not namespace or namespace == os.readlink("/proc/self/ns/mnt"):
        return
    tmp = namespace_file.with_name("tmp")
    for entry in os.listdir("/proc"):
        # The kernel gives the number of a namespace that has ended to a new one, so the folder must be the same, too.
        if entry.isdigit() and _namespace_of(entry) == namespace and _has_tmp(entry, tmp):
            yield int(entry)


def _namespace_of(pid: str) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/ns/mnt")
    except OSError:
        return None


def _has_tmp(pid: str, tmp: Path) -> bool:
    try:
        return os.path.samefile(f"/proc/{pid}/root/tmp", tmp)
    except OSError:
        return False


def _state(pid: int) -> str:
    """The one-letter state of proc_pid_stat(5); X once the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
