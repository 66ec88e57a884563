"""Lambda's Runtime API for one execution environment.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Protocol

from host_mode.events import Answer, Event
from host_mode.loopback import Loopback, Request, Response

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, as Lambda counts them.
MAX_RESPONSE_BYTES = 6_291_556

VERSION = "/2018-06-01/runtime"
NEXT = f"{VERSION}/invocation/next"
INIT_ERROR = f"{VERSION}/init/error"
INVOCATION = re.compile(rf"{VERSION}/invocation/([^/]+)/(response|error)")
JSON = [("Content-Type", b"application/json")]

ACCEPTED = Response(202, b'{"status":"OK"}', JSON)
TOO_LARGE = f"maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."


class Runtime(Protocol):
    """What the Runtime API needs to know about the environment that it serves."""

    def next_event(self) -> Event | None:
        """Waits for an event; None when there will not be one for this caller."""

    def answered(self, request_id: str, answer: Answer) -> bool:
        """False if no such invocation is under way."""

    def failed_to_start(self, answer: Answer) -> None: ...


class RuntimeApi:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._server = Loopback("runtime-api", self._answer)
        self.address = self._server.address
        """The value of AWS_LAMBDA_RUNTIME_API."""

    def close(self) -> None:
        self._server.close()

    def _answer(self, request: Request) -> Response | None:
        if request.method == "GET":
            return self._next() if request.path == NEXT else refuse(404, "InvalidPath", request.path)
        if request.path == INIT_ERROR:
            self._runtime.failed_to_start(Answer(request.body, is_error=True))
            return ACCEPTED
        match = INVOCATION.fullmatch(request.path)
        if match is None:
            return refuse(404, "InvalidPath", request.path)
        return self._outcome(*match.groups(), request.body)

    def _next(self) -> Response | None:
        event = self._runtime.next_event()
        return None if event is None else Response(200, event.payload, [*JSON, *_headers(event)])

    def _outcome(self, request_id: str, outcome: str, body: bytes) -> Response:
        if len(body) > MAX_RESPONSE_BYTES:
            message = f"Response payload size exceeded {TOO_LARGE}"
            self._runtime.answered(request_id, Answer.error("Function.ResponseSizeTooLarge", message))
            return refuse_size()
        if not self._runtime.answered(request_id, Answer(body, is_error=outcome == "error")):
            return refuse(400, "InvalidRequestID", "Invalid request ID")
        return ACCEPTED


def refuse(status: int, error_type: str, message: str) -> Response:
    return Response(status, json.dumps({"errorType": error_type, "errorMessage": message}).encode(), JSON)


def refuse_size() -> Response:
    return refuse(413, "RequestEntityTooLarge", f"Exceeded {TOO_LARGE}")


def _headers(event: Event) -> Iterator[tuple[str, bytes]]:
    yield "Lambda-Runtime-Aws-Request-Id", event.request_id.encode()
    yield "Lambda-Runtime-Deadline-Ms", str(event.deadline_ms).encode()
    yield "Lambda-Runtime-Invoked-Function-Arn", event.function_arn.encode()
    if event.trace_id:
        yield "Lambda-Runtime-Trace-Id", event.trace_id.encode()
    if event.client_context:
        yield "Lambda-Runtime-Client-Context", event.client_context.encode()
