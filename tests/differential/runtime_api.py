"""The Runtime API as a script: hands out the events of a row, one after the other, and keeps what is posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event as Flag

from differential.row import Event
from host_mode.loopback import Loopback, Request, Response
from host_mode.runtime_api import ACCEPTED, MAX_RESPONSE_BYTES, NEXT, VERSION, refuse, refuse_size

RESTORE = f"{VERSION}/restore/next"
# What of a post's headers Lambda acts upon or passes on.
HEADERS = ("content-type", "lambda-runtime-invocation-id", "lambda-runtime-function-")


@dataclass(frozen=True)
class Post:
    path: str
    """Below the API's version."""
    headers: Sequence[tuple[str, str]]
    body: bytes


class RuntimeApi:
    def __init__(self, events: Sequence[Event]) -> None:
        self._events = [event for event in enumerate(events, 1)]
        self._closed = Flag()
        self.settled = Flag()
        """Set when the runtime asks for more than there is; whoever waits for its exit may set it, too."""
        self.posts: list[Post] = []
        self._server = Loopback("runtime-api", self._answer)
        self.address = self._server.address

    def __enter__(self) -> RuntimeApi:
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self._closed.set()
        self._server.close()

    def _answer(self, request: Request) -> Response | None:
        if request.method == "POST":
            return self._keep(request)
        if request.path == RESTORE:
            return Response(200)
        return self._next() if request.path == NEXT else refuse(404, "InvalidPath", request.path)

    def _next(self) -> Response | None:
        if self._events:
            number, event = self._events.pop(0)
            return Response(200, event.payload(), event.headers(number))
        # From here on the environment would be frozen until it is ended.
        self.settled.set()
        self._closed.wait()
        return None

    def _keep(self, request: Request) -> Response:
        headers = sorted((name, value) for name, value in request.headers if name.startswith(HEADERS))
        self.posts.append(Post(request.path.removeprefix(f"{VERSION}/"), headers, request.body))
        return refuse_size() if len(request.body) > MAX_RESPONSE_BYTES else ACCEPTED
