"""The server that stands for Lambda and DynamoDB: starts it and asks it; `server/src/control.rs` has the requests."""

from __future__ import annotations

import http.client
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Longer than anything that is measured: an answer that never comes is an error here.
PATIENCE_S = 120


@dataclass(frozen=True)
class Invocation:
    """Times are of CLOCK_MONOTONIC, in nanoseconds."""

    id: str
    queued_ns: int
    handed_ns: int
    """When the answer to `/next` began."""
    answered_ns: int
    """When the response's last byte had come."""
    failed: bool
    bytes: int
    body: str | None
    """None if it is longer than 64 KB."""

    @property
    def ms(self) -> float:
        return (self.answered_ns - self.handed_ns) / 1e6

    @property
    def result(self) -> Any:
        return json.loads(self.body or "null")


@dataclass(frozen=True)
class Log:
    """What the field store and Invoke were asked."""

    writes: list[dict[str, Any]]
    reads: dict[str, dict[str, int]]
    """By stream. `units` are half units: an eventually consistent read of 4 KB is one."""
    invokes: list[dict[str, Any]]


class Failed(Exception):
    """A function that did not start, an invocation that failed, or a request that the server does not know."""


class Stub:
    """The running server. One instance serves any number of threads."""

    def __init__(self, binary: Path) -> None:
        self._process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        ports = json.loads(self._process.stdout.readline())
        self._control, self.aws = ports["control"], ports["aws"]

    def __enter__(self) -> Stub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._process.stdout.close()

    def set_latency(self, store_ms: float, invoke_ms: float) -> None:
        self._ask("POST", "/latency", {"store_ms": store_ms, "invoke_ms": invoke_ms})

    def new_function(self, name: str) -> int:
        """The port of its Runtime API."""
        return self._ask("POST", "/functions", {"name": name})["port"]

    def new_sink(self, name: str) -> None:
        """A function that can be invoked and never runs."""
        self._ask("POST", "/functions", {"name": name, "sink": True})

    def ready(self, name: str, environments: int = 1) -> list[int]:
        """Waits until so many environments wait for an event; when each `/next` was asked so far."""
        return self._ask("GET", f"/ready/{name}/{environments}")["polls"]

    def send(self, name: str, event: Any) -> None:
        self._ask("POST", f"/events/{name}", event)

    def take_done(self, name: str, count: int = 1) -> list[Invocation]:
        """Waits until so many invocations are over, and takes all that are, oldest first."""
        done = self._ask("GET", f"/invocations/{name}/{count}")["invocations"]
        invocations = [Invocation(**one) for one in done]
        for one in invocations:
            if one.failed:
                raise Failed(f"an invocation of {name} failed: {one.body}")
        return invocations

    def invoke(self, name: str, event: Any) -> Invocation:
        self.send(name, event)
        return self.take_done(name)[0]

    def rounds(self, names: list[str], rounds: int, event: str) -> dict[str, list[float]]:
        """Invokes each function in turn, so many times; milliseconds of each invocation, by function."""
        answer = self._ask("POST", "/rounds", {"functions": names, "rounds": rounds, "event": event})
        return {name: [ns / 1e6 for ns in answer[name]] for name in names}

    def place(self, stream: str, field: str, value: Any, readable_ns: int) -> None:
        """Puts a field into the store that nobody finds before its time."""
        what = {
            "stream": stream,
            "field": f"f:{field}",
            "value": json.dumps(value),
            "readable_ns": readable_ns,
        }
        self._ask("POST", "/field", what)

    def take_log(self) -> Log:
        """What was asked since this was last called. Empties the store."""
        return Log(**self._ask("GET", "/log"))

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._control, timeout=PATIENCE_S)
        try:
            connection.request(method, path, json.dumps(body).encode() if body is not None else None)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise Failed(answer["error"])
        return answer
