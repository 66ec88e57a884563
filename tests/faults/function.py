"""Lambda for one function: its queue, its environments, its retries."""

from __future__ import annotations

import os
import queue
import signal
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from threading import Thread, Timer
from typing import Any

from faults.plan import Fault, Moment, Step
from host_mode.loopback import Loopback, Request, Response

VERSION = "/2018-06-01/runtime"
RETRY_S = 1.0
ATTEMPTS = 3
"""An asynchronous event is tried three times."""
ARN = "arn:aws:lambda:us-east-1:000000000000:function:{}"


@dataclass
class Delivery:
    """One asynchronous event on its way; a duplicate is a delivery of its own with the same request id."""

    payload: bytes
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    tries: int = 0


@dataclass(frozen=True)
class Ending:
    """How one attempt ended, as Lambda sees it."""

    function: str
    request_id: str
    kind: str
    """`response`, `error`, `exit` or `timeout`."""
    body: bytes = b""

    @property
    def succeeded(self) -> bool:
        return self.kind == "response"


class Environment:
    """A process of the layer's bootstrap and the Runtime API that it talks to."""

    def __init__(
        self,
        function: str,
        start: Callable[[str, str], Any],
        fault_at: Callable[[str, Step], Fault | None],
        begins: Callable[[str, Delivery], None],
    ) -> None:
        """`start(key, address)` starts the process; the key tells its requests from those of others.

        `begins(key, delivery)` is told what the environment works on.
        """
        self.function = function
        self._is_doomed = False
        self._begins = begins
        self.key = f"AKID{uuid.uuid4().hex[:16].upper()}"
        self._fault_at = fault_at
        self._events: queue.SimpleQueue[tuple[bytes, list[tuple[str, bytes]]] | None] = queue.SimpleQueue()
        self._endings: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._server = Loopback("runtime-api", self._answer)
        self._process = start(self.key, self._server.address)
        Thread(target=self._watch, daemon=True).start()

    def run(self, delivery: Delivery, seconds: float) -> Ending:
        self._begins(self.key, delivery)
        deadline = time.time() + seconds
        headers = [
            ("Content-Type", b"application/json"),
            ("Lambda-Runtime-Aws-Request-Id", delivery.request_id.encode()),
            ("Lambda-Runtime-Deadline-Ms", str(int(deadline * 1000)).encode()),
            ("Lambda-Runtime-Invoked-Function-Arn", ARN.format(self.function).encode()),
        ]
        self._events.put((delivery.payload, headers))
        try:
            kind, body = self._endings.get(timeout=seconds)
        except queue.Empty:
            self.kill("bootstrap")
            kind, body = "timeout", b""
        return Ending(self.function, delivery.request_id, kind, body)

    @property
    def is_alive(self) -> bool:
        return not self._is_doomed and self._process.process.poll() is None

    def kill(self, process: str) -> None:
        self._is_doomed = True  # without its worker, the bootstrap ends a moment later
        pid = self._process.process.pid
        with suppress(OSError, IndexError):
            if process == "worker":
                pid = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
        if process == "bootstrap":
            self._process.process.wait()

    def close(self) -> list[int]:
        """Processes that have outlived their bootstrap."""
        self._events.put(None)
        self._server.close()
        try:
            self._process.wait_until_gone()
        except AssertionError:
            return self._process.processes()
        finally:
            self._process.kill()
        return []

    def _watch(self) -> None:
        status = self._process.process.wait()
        self._endings.put(("exit", str(status).encode()))

    def _answer(self, request: Request) -> Response | None:
        if request.path == f"{VERSION}/invocation/next":
            event = self._events.get()
            return Response(200, *event) if event is not None else None
        kind = request.path.rpartition("/")[2]
        fault = self._fault_at(self.key, Step(self.function, "report", kind))
        if fault is not None and fault.moment is Moment.BEFORE:
            self.kill(fault.kind.split()[1])
            if fault.kind == "kill bootstrap":
                return None
        self._endings.put((kind, request.body))
        if fault is not None and fault.moment is Moment.AFTER:
            self.kill(fault.kind.split()[1])
        return Response(202, b"{}")


class Function:
    """Runs what comes, so many at a time; what fails is tried again with the same request id."""

    def __init__(
        self,
        name: str,
        seconds: float,
        environments: int,
        new_environment: Callable[[str], Environment],
        retire: Callable[[Environment], None],
        ended: Callable[[Ending, Delivery, bool], None],
    ) -> None:
        """`ended(ending, delivery, is_last)` is told of each attempt."""
        self.name = name
        self._seconds, self._new, self._retire, self._ended = seconds, new_environment, retire, ended
        self._queue: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._stopped = Flag()
        self._threads = [Thread(target=self._serve, daemon=True) for _ in range(environments)]
        for thread in self._threads:
            thread.start()

    def deliver(self, delivery: Delivery) -> None:
        self._queue.put(delivery)

    def close(self) -> None:
        self._stopped.set()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        environment: Environment | None = None
        while (delivery := self._queue.get()) is not None and not self._stopped.is_set():
            if environment is not None and not environment.is_alive:
                self._retire(environment)
                environment = None
            environment = environment or self._new(self.name)
            delivery.tries += 1
            ending = environment.run(delivery, self._seconds)
            again = not ending.succeeded and delivery.tries < ATTEMPTS
            if again:
                # Lambda waits one minute, then two: long enough for what the attempts of other functions leave.
                Timer(delivery.tries * RETRY_S, self._queue.put, [delivery]).start()
            self._ended(ending, delivery, not again)
