"""One execution environment: a function's processes, their Runtime API, the freeze between invocations."""

from __future__ import annotations

import shutil
import signal
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition, Thread, Timer

from host_mode.events import Answer, Event, Freeze
from host_mode.function import Function
from host_mode.log_pipe import LogPipe
from host_mode.processes import Processes
from host_mode.runtime_api import RuntimeApi

# "The Init phase is limited to 10 seconds":
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
INIT_SECONDS = 10.0
# A runtime that does not ask for the next event is frozen all the same, this long after its response.
SETTLE_SECONDS = 1.0


class Sandbox:
    """Serves one invocation at a time. Once `usable` is false it stays so."""

    def __init__(self, function: Function, freeze: Freeze) -> None:
        self._function = function
        self._freeze = freeze
        self._changed = Condition()
        self._asking = 0  # counts the runtime's calls of next, so that only the latest is served
        self._idle = False  # the runtime waits for an event
        self._queued: Event | None = None
        self._active: Event | None = None
        self._answer: Answer | None = None
        self._exit_status: int | None = None
        self._closed = False
        self._settle = Timer(0, self._settled)

        command = function.command()
        self._root = _new_root()
        self._api = RuntimeApi(self)
        variables = function.variables(self._api.address)
        self._processes = Processes(self._root, function.mounts(), command, variables)
        self._log = LogPipe(self._processes.output)
        Thread(target=self._watch, name="watch-runtime", daemon=True).start()

    @property
    def usable(self) -> bool:
        return not self._closed and self._exit_status is None

    def take_log(self) -> str:
        return self._log.take()

    # LocalStack's side

    def wait_for_init(self, request_id: str) -> Answer | None:
        """None once the runtime has asked for its first event, else what kept it from doing so."""
        with self._changed:
            in_time = self._changed.wait_for(self._init_is_over, INIT_SECONDS)
            answer = self._answer
            if answer is None and self._idle:
                return None
        self.close()
        return answer or self._failed(
            request_id, None if in_time else f"Init timed out after {INIT_SECONDS:.2f} seconds"
        )

    def invoke(self, event: Event) -> Answer:
        timeout = self._function.timeout
        with self._changed:
            self._settle.cancel()
            self._answer = None
            self._active = self._queued = event
            self._processes.thaw()
            self._changed.notify_all()
            in_time = self._changed.wait_for(self._invocation_is_over, timeout)
            answer, self._active = self._answer, None
            if answer is not None:
                self._expect_next()
                return answer
        self.close()
        return self._failed(
            event.request_id, None if in_time else f"Task timed out after {timeout:.2f} seconds"
        )

    def close(self) -> None:
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._settle.cancel()
            self._changed.notify_all()
            self._processes.kill()
        self._api.close()
        shutil.rmtree(self._root, ignore_errors=True)

    # The runtime's side, called by the Runtime API

    def next_event(self) -> Event | None:
        with self._changed:
            self._asking += 1
            me = self._asking
            self._idle = True
            self._settle.cancel()
            self._changed.notify_all()
            if self._queued is None:
                self._stop_processes()
            self._changed.wait_for(lambda: self._queued or self._closed or me != self._asking)
            if self._queued is None or me != self._asking:
                return None
            event, self._queued = self._queued, None
            self._idle = False
            return event

    def answered(self, request_id: str, answer: Answer) -> bool:
        with self._changed:
            if self._active is None or self._active.request_id != request_id or self._answer is not None:
                return False
            self._answer = answer
            if self._freeze is Freeze.RESPONSE:
                self._stop_processes()
            self._changed.notify_all()
            return True

    def failed_to_start(self, answer: Answer) -> None:
        with self._changed:
            self._answer = answer
            self._changed.notify_all()

    def _failed(self, request_id: str, timed_out: str | None) -> Answer:
        error_type = "Sandbox.Timedout" if timed_out else "Runtime.ExitError"
        reason = timed_out or _describe_exit(self._exit_status)
        message = f"RequestId: {request_id} Error: {reason}"
        log = f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {request_id} {timed_out}"
        return Answer.error(error_type, message, log=log if timed_out else message)

    # Conditions; the lock is held

    def _init_is_over(self) -> bool:
        return self._idle or self._answer is not None or self._exit_status is not None or self._closed

    def _invocation_is_over(self) -> bool:
        return self._answer is not None or self._exit_status is not None or self._closed

    # The freeze; the lock is held

    def _stop_processes(self) -> None:
        if self._freeze is not Freeze.OFF and not self._closed:
            self._processes.freeze()

    def _expect_next(self) -> None:
        if self._freeze is Freeze.NEXT and not self._idle:
            self._settle = Timer(SETTLE_SECONDS, self._settled)
            self._settle.daemon = True
            self._settle.start()

    # Threads of our own

    def _settled(self) -> None:
        with self._changed:
            if self._active is None and not self._idle:
                self._stop_processes()

    def _watch(self) -> None:
        status = self._processes.wait()
        with self._changed:
            self._exit_status = status
            self._changed.notify_all()


def _new_root() -> Path:
    """The environment's own folder; namespace.sh says what is in it."""
    root = Path(tempfile.mkdtemp(prefix="sandbox-"))
    for folder in ("var/task", "var/runtime", "var/lang", "tmp"):
        (root / folder).mkdir(parents=True)
    return root


def _describe_exit(status: int | None) -> str:
    """Lambda's own words."""
    if not status:
        return "Runtime exited without providing a reason"
    if status < 0:
        name = signal.strsignal(-status) or str(-status)
        return f"Runtime exited with error: signal: {name.lower()}"
    return f"Runtime exited with error: exit status {status}"
