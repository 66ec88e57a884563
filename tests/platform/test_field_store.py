"""What the bootstrap writes to the field store when that refuses, or when the time is up."""

from __future__ import annotations

import json
import time

from aws_stub import NEXT_IS_INVOKED, AwsStub
from hostile_events import envelope, event

import dynamodb
from host_mode.loopback import Request, Response
from lambda_process import Start
from scripted_api import ScriptedApi, invocation

SETTINGS = {"UNUM_NEXT": "next", "UNUM_TABLE": "fields"}
MINUTE_MS = 60_000

# Its first field starts next; the second one is a field that its own source never publishes.
MIDDLE = (
    NEXT_IS_INVOKED
    + """\
def handler(event, context):
    first = [event["a"]]
    next_is_invoked()
    second = event["b"]
    return {"first": first, "second": second}
"""
)
# Too large for two of them in one item.
FIELDS = 40
TRIES_REFUSED = 3
MANY = (
    NEXT_IS_INVOKED
    + f"""\
import os

def handler(event, context):
    first = [1]
    next_is_invoked()
    return {{"first": first, {", ".join(f"'f{number}': str(os.getpid()).zfill(20_000)" for number in range(FIELDS))}}}
"""
)


def now_ms() -> int:
    return int(time.time() * 1000)


def written(stub: AwsStub, key: str) -> list[str]:
    """The values that were written under a sort key, one for each try."""
    items = [put.document["Item"] for put in stub.puts]
    return [item["value"]["S"] for item in items if item["field"]["S"] == key]


def test_readers_are_told_the_cause_when_the_time_is_up(
    start: Start, api: ScriptedApi, stub: AwsStub
) -> None:
    """A wait for a field ends when the invocation must turn to reporting, so nothing but the margin is left."""
    start(MIDDLE, env={**stub.variables, **SETTINGS})
    api.wait_for("invocation/next")
    pending = event(__unum__=envelope(deadline_ms=now_ms() + 15 * MINUTE_MS))
    api.serve(invocation(pending, deadline_ms=str(now_ms() + 3000)))
    error = api.wait_for("invocation/1/error")
    assert error.document["errorType"] == "StreamingTimeoutError", error.body
    causes = written(stub, "!failed")
    assert causes and causes[0].startswith("StreamingTimeoutError: field `b` of `A` was not published before")


LATE = """\
import time

def handler(event, context):
    time.sleep(context.get_remaining_time_in_millis() / 1000 - event["left_s"])
    return {"a": 1}
"""
# A busy machine may be late itself.
TRIES_TO_RETURN = 20


def test_what_is_returned_at_the_last_moment_reaches_next(
    start: Start, api: ScriptedApi, stub: AwsStub
) -> None:
    """The handler may end while only the time for reporting is left."""
    start(LATE, env={**stub.variables, "UNUM_NEXT": "next"})
    for number in range(1, TRIES_TO_RETURN + 1):
        api.wait_for("invocation/next", number)
        api.serve(invocation({"left_s": 0.25}, str(number), deadline_ms=str(now_ms() + 1500)))
        if api.outcome(str(number)).path.endswith("/response"):
            break
    assert stub.invocations("next")


class ThrottlingStub(AwsStub):
    """Refuses the first tries to write each item."""

    def _answer(self, request: Request) -> Response:
        answer = super()._answer(request)
        if not (request.header("x-amz-target") or "").endswith(".PutItem"):
            return answer
        if len(written(self, json.loads(request.body)["Item"]["field"]["S"])) > TRIES_REFUSED:
            return answer
        return dynamodb.answer({"__type": "com.amazonaws#ProvisionedThroughputExceededException"}, 400)


def test_many_fields_outlast_throttling(start: Start, api: ScriptedApi) -> None:
    """The SDK's own budget for retries is one for all requests."""
    stub = ThrottlingStub()
    try:
        api.serve(invocation({}))
        start(MANY, env={**stub.variables, **SETTINGS})
        ended = api.outcome("1")
        assert ended.path == "invocation/1/response", ended.body
        assert min(len(written(stub, f"f:f{number}")) for number in range(FIELDS)) > TRIES_REFUSED
    finally:
        stub.close()
