"""Starts a Lambda runtime as a process, hands it one event, and tells what it answered."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# Only a runtime that hangs takes this long.
PATIENCE_SECONDS = 120


class RuntimeApi(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, event: Any) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.events: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.events.put(json.dumps(event).encode())
        self.answers: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Request(BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        event = self.server.events.get()
        if event is None:
            return
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + PATIENCE_SECONDS) * 1000)))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:0:function:f")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.answers.put((self.path.rpartition("/")[2], body))

    def log_message(self, *arguments: object) -> None:
        pass


def answer(command: Sequence[str | Path], variables: Mapping[str, str], event: Any) -> tuple[str, bytes]:
    """`response` or `error`, and its body."""
    server = RuntimeApi(event)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        environment = {**variables, "AWS_LAMBDA_RUNTIME_API": server.address}
        with subprocess.Popen(command, env=environment) as runtime:
            try:
                return server.answers.get(timeout=PATIENCE_SECONDS)
            finally:
                runtime.kill()
    finally:
        server.events.put(None)
        server.shutdown()
        server.server_close()
        thread.join()
