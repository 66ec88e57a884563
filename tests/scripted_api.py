"""A Runtime API that says what a test tells it to say, and keeps every call.

with ScriptedApi() as api:
    api.serve(invocation({"n": 1}), Reply(500), CLOSE)   # answers to /invocation/next, in order
    api.answer("restore/next", HOLD, Reply(200))         # answers to another path; the default is an ordinary one
    call = api.wait_for("invocation/1/response")
    call.body, call.headers
"""

from __future__ import annotations

import json
import queue
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from threading import Condition, Event
from typing import Any

from host_mode.loopback import Loopback, Request, Response
from host_mode.runtime_api import JSON, VERSION

# Only a test that fails waits this long.
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


CLOSE = "close"
"""Ends the connection without an answer."""


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    """Without `/2018-06-01/runtime/`."""
    headers: Message
    body: bytes

    @classmethod
    def of(cls, request: Request) -> Call:
        headers = Message()
        for name, value in request.headers:
            headers[name] = value
        return cls(request.method, request.path.removeprefix(f"{VERSION}/"), headers, request.body)

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def error_type(self) -> str | None:
        return self.headers.get("Lambda-Runtime-Function-Error-Type")


def invocation(event: Any, request_id: str = "1", **headers: str) -> Reply:
    """`trace_id="Root=…"` becomes the header `Lambda-Runtime-Trace-Id`."""
    named = {f"Lambda-Runtime-{name.replace('_', '-').title()}": value for name, value in headers.items()}
    return Reply(
        body=json.dumps(event).encode(),
        headers={
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 15 * 60) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
            **named,
        },
    )


class Calls:
    """What has been called, for threads that wait for it."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._changed = Condition()

    def add(self, call: Call) -> None:
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()

    @property
    def all(self) -> list[Call]:
        with self._changed:
            return list(self._calls)

    def of(self, path: str) -> list[Call]:
        return [call for call in self.all if call.path == path]

    def wait_for(self, path: str, count: int = 1) -> Call:
        """The last of the first `count` calls of this path."""
        return self.wait_for_one_of([path], count)

    def wait_for_one_of(self, paths: Sequence[str], count: int = 1) -> Call:
        """The last of the first `count` calls of these paths."""

        def found(calls: Sequence[Call]) -> list[Call]:
            return [call for call in calls if call.path in paths]

        self.wait_until(lambda calls: len(found(calls)) >= count, " or ".join(paths))
        return found(self.all)[count - 1]

    def wait_until(self, met: Callable[[Sequence[Call]], bool], what: str = "such call") -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: met(self._calls), PATIENCE_S):
                raise AssertionError(f"no {what} among {[call.path for call in self._calls]}")


def event_bytes(body: bytes, request_id: str) -> Reply:
    """An invocation whose event is these bytes, whatever they are."""
    return replace(invocation(None, request_id), body=body)


class ScriptedApi(Calls):
    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__()
        self._next: queue.SimpleQueue[Reply | str] = queue.SimpleQueue()
        self._answers: dict[str, queue.SimpleQueue[Reply | str]] = defaultdict(queue.SimpleQueue)
        self._held: dict[str, Event] = {}
        self._server = Loopback("scripted-api", self._answer, host)
        self.address = self._server.address
        """The value of AWS_LAMBDA_RUNTIME_API."""

    def serve(self, *replies: Reply | str) -> None:
        for reply in replies:
            self._next.put(reply)

    def answer(self, path: str, *replies: Reply | str) -> None:
        for reply in replies:
            self._answers[path].put(reply)

    def outcome(self, request_id: str) -> Call:
        """The response to an invocation, or its error."""
        return self.wait_for_one_of([f"invocation/{request_id}/{end}" for end in ("response", "error")])

    def hold(self, path: str) -> Event:
        """Calls of this path are answered only once the event is set."""
        return self._held.setdefault(path, Event())

    def __enter__(self) -> ScriptedApi:
        return self

    def __exit__(self, *_exc: object) -> None:
        for held in self._held.values():
            held.set()
        self._server.close()

    def _answer(self, request: Request) -> Response | None:
        reply = self.reply_to(Call.of(request))
        if isinstance(reply, str):
            return None
        headers = [(name, value.encode()) for name, value in reply.headers.items()]
        return Response(reply.status, reply.body, [*JSON, *headers])

    def reply_to(self, call: Call) -> Reply | str:
        self.add(call)
        if call.path == "invocation/next":
            return self._next.get()
        if call.path in self._held:
            self._held[call.path].wait(PATIENCE_S)
        try:
            return self._answers[call.path].get_nowait()
        except queue.Empty:
            return Reply(202 if call.method == "POST" else 200)
