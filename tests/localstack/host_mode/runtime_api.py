"""Lambda's Runtime API for one execution environment, on a loopback port that the system chooses.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Protocol

from host_mode.events import Answer, Event

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, as Lambda counts them.
MAX_RESPONSE_BYTES = 6_291_556

VERSION = "/2018-06-01/runtime"
INVOCATION = re.compile(rf"{VERSION}/invocation/([^/]+)/(response|error)")


class Runtime(Protocol):
    """What the Runtime API needs to know about the environment that it serves."""

    def next_event(self) -> Event | None:
        """Waits for an event; None when there will not be one for this caller."""

    def answered(self, request_id: str, answer: Answer) -> bool:
        """False if no such invocation is under way."""

    def failed_to_start(self, answer: Answer) -> None: ...


class RuntimeApi:
    def __init__(self, runtime: Runtime) -> None:
        handler = type("Handler", (_Handler,), {"runtime": runtime})
        self._server = _Server(("127.0.0.1", 0), handler)
        Thread(target=self._server.serve_forever, name="runtime-api", daemon=True).start()

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API."""
        host, port = self._server.server_address[:2]
        return f"{host}:{port}"

    def close(self) -> None:
        """Takes up to half a second, so it does not keep the caller waiting."""
        Thread(target=self._close, name="runtime-api-close", daemon=True).start()

    def _close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A runtime that dies in the middle of a request is reported elsewhere, as an exit."""


class _Handler(BaseHTTPRequestHandler):
    runtime: Runtime
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    def do_GET(self) -> None:
        if self.path != f"{VERSION}/invocation/next":
            return self._refuse(404, "InvalidPath", self.path)
        event = self.runtime.next_event()
        if event is None:
            self.close_connection = True
            return None
        return self._send(200, event.payload, dict(_headers(event)))

    def do_POST(self) -> None:
        body = self._read_body()
        if self.path == f"{VERSION}/init/error":
            self.runtime.failed_to_start(Answer(body, is_error=True))
            return self._accept()
        match = INVOCATION.fullmatch(self.path)
        if match is None:
            return self._refuse(404, "InvalidPath", self.path)
        request_id, outcome = match.groups()
        if len(body) > MAX_RESPONSE_BYTES:
            limit = f"maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            self.runtime.answered(
                request_id,
                Answer.error("Function.ResponseSizeTooLarge", f"Response payload size exceeded {limit}"),
            )
            return self._refuse(413, "RequestEntityTooLarge", f"Exceeded {limit}")
        if not self.runtime.answered(request_id, Answer(body, is_error=outcome == "error")):
            return self._refuse(400, "InvalidRequestID", "Invalid request ID")
        return self._accept()

    def log_message(self, *_args: object) -> None:
        """Requests are not logged."""

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline() not in (b"\r\n", b"\n", b""):
            """Trailers carry an error of a streamed response, which LocalStack has no place for."""

    def _accept(self) -> None:
        self._send(202, b'{"status":"OK"}')

    def _refuse(self, status: int, error_type: str, message: str) -> None:
        self._send(status, json.dumps({"errorType": error_type, "errorMessage": message}).encode())

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _headers(event: Event) -> Iterator[tuple[str, str]]:
    yield "Lambda-Runtime-Aws-Request-Id", event.request_id
    yield "Lambda-Runtime-Deadline-Ms", str(event.deadline_ms)
    yield "Lambda-Runtime-Invoked-Function-Arn", event.function_arn
    if event.trace_id:
        yield "Lambda-Runtime-Trace-Id", event.trace_id
    if event.client_context:
        yield "Lambda-Runtime-Client-Context", event.client_context
