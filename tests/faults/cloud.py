"""DynamoDB and Lambda's Invoke for functions under test, with faults: items are kept, events are handed on.

Conditional writes are those that the layer makes: an item is put where none is. Who asks is told by the access key,
which is the environment's own.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from threading import RLock
from typing import Any
from urllib.parse import unquote

import dynamodb
from faults.plan import Fault, Moment, Step
from host_mode.loopback import Loopback, Request, Response

JSON = [("Content-Type", b"application/json")]
HTML = [("Content-Type", b"text/html")]
PAGE = b"<html>a proxy's page</html>"
OTHER_JSON = b'{"status": "ok"}'
ERRORS = {
    "500": (500, "InternalServerError"),
    "503": (503, "ServiceUnavailable"),
    "throttled": (400, "ThrottlingException"),
    "denied": (400, "AccessDeniedException"),
    "missing": (400, "ResourceNotFoundException"),
    "expired": (400, "ExpiredTokenException"),
    "kms": (400, "KMSAccessDeniedException"),
    "skewed": (400, "InvalidSignatureException"),
}
# As Lambda's Invoke words them.
INVOKE_ERRORS = {
    "500": (500, "ServiceException"),
    "throttled": (429, "TooManyRequestsException"),
    "denied": (403, "AccessDeniedException"),
    "missing": (404, "ResourceNotFoundException"),
    "expired": (403, "ExpiredTokenException"),
    "kms": (502, "KMSAccessDeniedException"),
    "skewed": (403, "InvalidSignatureException"),
}
SLOW_S = 0.2

Item = dict[str, Any]


class Cloud:
    """`fault_at(caller, step)` is asked at each step; `kill(caller, process)` ends one of the caller's processes."""

    def __init__(
        self,
        fault_at: Callable[[str, Step], Fault | None],
        kill: Callable[[str, str], None],
        invoke: Callable[[str, bytes, int], None],
        name_of: Callable[[str], str],
    ) -> None:
        self._fault_at, self._kill, self._invoke, self._name_of = fault_at, kill, invoke, name_of
        self._lock = RLock()
        self.items: dict[str, dict[str, Item]] = {}
        """Partition → sort key → item."""
        self._server = Loopback("cloud", self._answer)
        self.endpoint = f"http://{self._server.address}"

    def close(self) -> None:
        self._server.close()

    def fields(self, stream: str) -> dict[str, Item]:
        with self._lock:
            return dict(self.items.get(stream, {}))

    def results(self, function: str) -> dict[str, Item]:
        """The recorded results of a function, by the partition of their run."""
        with self._lock:
            return {
                partition: items["!result"]
                for partition, items in self.items.items()
                if partition.startswith(f"run/{function}/") and "!result" in items
            }

    def _answer(self, request: Request) -> Response | None:
        caller = _caller(request)
        step, act = self._meant(caller, request)
        fault = self._fault_at(caller, step)
        if fault is None:
            return act()
        if fault.is_kill:
            if fault.moment is Moment.AFTER:
                act()
            self._kill(caller, fault.kind.split()[1])
            return act() if fault.moment is Moment.BEFORE and fault.kind == "kill worker" else None
        if fault.kind == "slow":
            time.sleep(SLOW_S)
            return act()
        if fault.kind == "duplicate":
            return self._start(step.subject, request.body, deliveries=2)
        if fault.kind == "reset":
            return None
        if fault.kind == "lost":
            act()
            return None
        if fault.kind == "cut":
            answer = act()
            return Response(answer.status, answer.body or b"{}" * 8, answer.headers, is_cut=True)
        if fault.kind == "page":
            # Says that all is well, and nothing has happened.
            return Response(200, PAGE, HTML)
        if fault.kind == "json":
            return Response(200, OTHER_JSON, JSON)
        if fault.kind == "garbage":
            return Response(418, PAGE, HTML)
        return _error(fault.kind, step)

    def _meant(self, caller: str, request: Request) -> tuple[Step, Callable[[], Response]]:
        """The step that a request is, and what carries it out."""
        function = self._name_of(caller)
        if invoked := re.fullmatch(r"/2015-03-31/functions/(.+)/invocations", request.path):
            name = unquote(invoked[1])
            return Step(function, "invoke", name), lambda: self._start(name, request.body)
        operation = (request.header("x-amz-target") or "").rpartition(".")[2]
        asked = json.loads(request.body)
        if operation == "PutItem":
            item = asked["Item"]
            return Step(function, "put", _subject(item)), lambda: self._put(item)
        if operation == "Query":
            partition = asked["ExpressionAttributeValues"][":stream"]["S"]
            what = "run" if partition.startswith("run/") else "stream"
            return Step(function, "read", what), lambda: self._query(partition)
        keys = asked["RequestItems"]["fields"]["Keys"]
        return Step(function, "read", "stream"), lambda: self._batch_get(keys)

    def _start(self, function: str, event: bytes, deliveries: int = 1) -> Response:
        self._invoke(function, event, deliveries)
        return Response(202)

    def _put(self, item: Item) -> Response:
        with self._lock:
            partition = self.items.setdefault(item["stream"]["S"], {})
            old = partition.setdefault(item["field"]["S"], item)
        if old is item:
            return dynamodb.answer({})
        refused = {"__type": "com.amazonaws.dynamodb#ConditionalCheckFailedException", "Item": old}
        return dynamodb.answer(refused, 400)

    def _query(self, partition: str) -> Response:
        items = [item for _, item in sorted(self.fields(partition).items())]
        return dynamodb.answer({"Items": items, "Count": len(items)})

    def _batch_get(self, keys: list[Item]) -> Response:
        found = [self.fields(key["stream"]["S"]).get(key["field"]["S"]) for key in keys]
        items = [item for item in found if item is not None]
        return dynamodb.answer({"Responses": {"fields": items}})


def _subject(item: Item) -> str:
    """A sort key says enough: each function has fields of other names."""
    return item["field"]["S"]


def _caller(request: Request) -> str:
    found = re.search(r"Credential=([^/]+)/", request.header("authorization") or "")
    return found[1] if found else ""


def _error(kind: str, step: Step) -> Response:
    status, code = ERRORS[kind]
    document = {"__type": f"com.amazonaws#{code}", "message": f"{kind}, as told"}
    if step.action == "invoke":
        status, code = INVOKE_ERRORS.get(kind, (status, code))
    headers = [*dynamodb.HEADERS, ("x-amzn-errortype", code.encode())]
    return Response(status, json.dumps(document).encode(), headers)
