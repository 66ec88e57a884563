"""A small HTTP/1.1 server on a loopback port that the system chooses: one function from requests to responses.

`http.server` refuses a header line of more than 64 KB; Lambda takes an X-Ray cause of a megabyte.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from threading import Thread
from typing import BinaryIO


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Sequence[tuple[str, str]]
    """Names in lower case; a value's bytes are its characters, as Latin-1 has them."""
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for other, value in self.headers if other == name), None)


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, bytes]] = ()
    is_cut: bool = False
    """The connection ends in the middle of the body."""


class Loopback:
    """Calls `answer` on a thread of each connection's own; None closes that connection instead."""

    def __init__(
        self, name: str, answer: Callable[[Request], Response | None], host: str = "127.0.0.1"
    ) -> None:
        self._name = name
        self._answer = answer
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, 0), family=family)
        Thread(target=self._accept, name=name, daemon=True).start()

    @property
    def address(self) -> str:
        """Host and port."""
        host, port = self._socket.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def close(self) -> None:
        """No new connections; those there are end with their peers."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(connection,), name=self._name, daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # Whoever dies in the middle of a request is noticed elsewhere, as an exit.
        with connection, suppress(OSError, _Broken), connection.makefile("rwb", 64 * 1024) as stream:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (request := _read(stream)) is not None:
                response = self._answer(request)
                if response is None:
                    return
                sent = response.body[: len(response.body) // 2] if response.is_cut else response.body
                stream.write(b"".join(_head(response)) + sent)
                stream.flush()
                if response.is_cut:
                    return


class _Broken(Exception):
    """What came is not HTTP, or not whole."""


def _read(stream: BinaryIO) -> Request | None:
    words = stream.readline().split()
    if not words:
        return None
    if len(words) != 3:
        raise _Broken
    headers = list(_headers(stream))
    request = Request(words[0].decode("latin-1"), words[1].decode("latin-1"), headers, b"")
    if (request.header("expect") or "").lower() == "100-continue":
        stream.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        stream.flush()
    if "chunked" in (request.header("transfer-encoding") or "").lower():
        body = b"".join(_chunks(stream))
    else:
        length = int(request.header("content-length") or 0)
        body = stream.read(length)
        if len(body) < length:
            raise _Broken
    return Request(request.method, request.path, headers, body)


def _headers(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    while (line := stream.readline().rstrip(b"\r\n")) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        yield name.strip().lower(), value.strip()


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while size := int(stream.readline().split(b";")[0] or b"0", 16):
        yield stream.read(size)
        stream.readline()
    # Trailers carry an error of a streamed response, which LocalStack has no place for.
    for _trailer in _headers(stream):
        pass


def _head(response: Response) -> Iterator[bytes]:
    status = HTTPStatus(response.status)
    yield f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    yield f"Content-Length: {len(response.body)}\r\n".encode()
    for name, value in response.headers:
        yield name.encode() + b": " + value + b"\r\n"
    yield b"\r\n"
