"""Stands in for DynamoDB and Lambda: acknowledges every call and keeps it."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from scripted_api import Call, Calls


class AwsStub(Calls):
    def __init__(self) -> None:
        super().__init__()
        handler = type("Handler", (_Handler,), {"stub": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def endpoint(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host}:{port}"

    @property
    def variables(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIDFROMTHEENVIRONMENT",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }

    def invocations(self, function: str) -> list[Call]:
        return self.of(f"/2015-03-31/functions/{function}/invocations")

    @property
    def puts(self) -> list[Call]:
        return [call for call in self.of("/") if call.headers["X-Amz-Target"].endswith(".PutItem")]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    stub: AwsStub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self._answer(202 if "/invocations" in self.path else 200, b"{}")

    def do_GET(self) -> None:
        """Credentials, as Lambda's own endpoint gives them to a restored environment."""
        credentials = {
            "AccessKeyId": "AKIDFROMTHEENDPOINT",
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": "2100-01-01T00:00:00Z",
        }
        self._answer(200, json.dumps(credentials).encode())

    def log_message(self, *_args: object) -> None:
        """Requests are not logged."""

    def _answer(self, status: int, body: bytes) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.stub.add(Call(self.command, self.path, self.headers, sent))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
