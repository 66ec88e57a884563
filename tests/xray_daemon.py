"""Stands in for X-Ray's daemon: keeps every document that comes, if X-Ray would take it."""

from __future__ import annotations

import json
import re
import select
import socket
from types import TracebackType
from typing import Any

from scripted_api import PATIENCE_S

HEADER = b'{"format": "json", "version": 1}\n'
MOST_BYTES = 64 * 1024
TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
ID = re.compile(r"[0-9a-f]{16}")
NAME = re.compile(r"[\w .:/%&#=+\\@-]{1,200}")
REQUIRED = {"type", "trace_id", "parent_id", "id", "name", "start_time", "end_time"}
OPTIONAL = {"namespace", "aws", "fault", "cause", "metadata"}

Document = dict[str, Any]


class XRayDaemon:
    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._documents: list[Document] = []

    @property
    def port(self) -> int:
        return self._socket.getsockname()[1]

    @property
    def address(self) -> str:
        """The value of AWS_XRAY_DAEMON_ADDRESS."""
        return f"127.0.0.1:{self.port}"

    def documents(self) -> list[Document]:
        """All that have been sent: on loopback a datagram that is sent has come."""
        while self._take(0):
            pass
        return list(self._documents)

    def wait_for(self, name: str, parent_id: str) -> Document:
        """The first document of this name below this parent."""
        while True:
            for document in self._documents:
                if (document["name"], document["parent_id"]) == (name, parent_id):
                    return document
            assert self._take(PATIENCE_S), f"no {name!r} below {parent_id} among {self._documents}"

    def __enter__(self) -> XRayDaemon:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def _take(self, patience_s: float) -> bool:
        """Whether one has come."""
        if not select.select([self._socket], [], [], patience_s)[0]:
            return False
        datagram = self._socket.recv(2 * MOST_BYTES)
        assert datagram.startswith(HEADER) and len(datagram) <= MOST_BYTES, datagram
        document = json.loads(datagram.removeprefix(HEADER))
        check(document)
        assert document["id"] not in [earlier["id"] for earlier in self._documents]
        self._documents.append(document)
        return True


def details(document: Document) -> dict[str, Any]:
    """What the layer says of it."""
    return document["metadata"]["unum_streaming"]


def check(document: Document) -> None:
    """By X-Ray's rules for a subsegment that comes by itself."""
    assert REQUIRED <= set(document) <= REQUIRED | OPTIONAL, document
    assert document["type"] == "subsegment"
    assert TRACE_ID.fullmatch(document["trace_id"]) and ID.fullmatch(document["parent_id"]), document
    assert ID.fullmatch(document["id"]) and NAME.fullmatch(document["name"]), document
    assert 1e9 < document["start_time"] <= document["end_time"] < 1e11, document
    assert document.get("namespace", "aws") in ("aws", "remote"), document
    for exception in document.get("cause", {}).get("exceptions", []):
        assert ID.fullmatch(exception["id"]) and exception["type"], document
