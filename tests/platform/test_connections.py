"""Connections to AWS that have died while the environment was frozen, and answers that come late."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub

from host_mode.loopback import Request, Response
from lambda_process import Start
from scripted_api import ScriptedApi, invocation

FIELDS = 12
# Large ones are stored each on its own, all at the same time.
SOURCE = (
    NEXT_IS_INVOKED
    + "def handler(event, context):\n    first = [1]\n    next_is_invoked(event['n'])\n"
    + "".join(f"    f{number} = 'y' * (200_000 + event['n'])\n" for number in range(FIELDS))
    + "    last = str(event['n'])\n    return {'first': first, "
    + "".join(f"'f{number}': f{number}, " for number in range(FIELDS))
    + "'last': last}\n"
)


class Ageing(AwsStub):
    """Connections that were there when it was told to forget them get no answer any more: they are closed when the next
    request comes, or stay silent."""

    def __init__(self) -> None:
        super().__init__()
        self._own = threading.local()
        self._connections = 0
        self._forgotten = 0
        self._burst = threading.Barrier(FIELDS)
        self._released = threading.Event()
        self.is_silent = False
        self.in_vain = 0

    def forget_connections(self) -> None:
        self._forgotten = self._connections

    def close(self) -> None:
        self._released.set()
        super().close()

    def _answer(self, request: Request) -> Response | None:  # type: ignore[override]
        if not hasattr(self._own, "number"):
            self._connections += 1
            self._own.number = self._connections
        is_ours = not request.path.startswith("/invoked/")
        if is_ours and self._own.number <= self._forgotten:
            self.in_vain += 1
            if self.is_silent:
                self._released.wait()
            return None
        if len(request.body) > 200_000 and not self._forgotten:
            self._burst.wait()
        return super()._answer(request)


@pytest.fixture
def aws() -> Iterator[Ageing]:
    ageing = Ageing()
    yield ageing
    ageing.close()


@pytest.mark.parametrize("silent", [False, True], ids=["closed", "silent"])
def test_one_dead_connection_takes_the_others_with_it(
    start: Start, api: ScriptedApi, aws: Ageing, silent: bool
) -> None:
    api.serve(invocation({"n": 1}))
    start(SOURCE, env={**aws.variables, "UNUM_TABLE": "fields", "UNUM_NEXT": "next"})
    assert api.outcome("1").path == "invocation/1/response"
    aws.is_silent = silent
    aws.forget_connections()
    api.serve(invocation({"n": 2}, "2"))
    outcome = api.outcome("2")
    assert outcome.path == "invocation/2/response", outcome.body
    # Requests that were under way already; the client itself repeats some that find their connection closed.
    assert 1 <= aws.in_vain < FIELDS


class Slow(AwsStub):
    """Lambda takes each event at once, and says so later than an attempt on an old connection lasts."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = threading.Event()

    def close(self) -> None:
        self._closed.set()
        super().close()

    def _answer(self, request: Request) -> Response:
        answer = super()._answer(request)
        if "/invocations" in request.path:
            self._closed.wait(timeout=4)
        return answer


def test_an_answer_that_comes_late_starts_next_once_or_on_an_old_connection_twice(
    start: Start, api: ScriptedApi
) -> None:
    aws = Slow()
    api.serve(invocation({}))
    start(
        "def handler(event, context):\n    return {'a': 1}\n",
        env={**aws.variables, "UNUM_TABLE": "fields", "UNUM_NEXT": "next"},
    )
    assert api.outcome("1").path == "invocation/1/response"
    assert len(aws.invocations("next")) == 1
    api.serve(invocation({}, "2"))
    assert api.outcome("2").path == "invocation/2/response"
    assert len(aws.invocations("next")) == 3
    aws.close()
