"""A source tells its readers when its fields came in earlier invocations, and a new reader looks when the source says."""

from __future__ import annotations

import json
import time

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub
from hostile_events import envelope, event

from lambda_process import Start
from scripted_api import ScriptedApi, invocation

MINUTE_MS = 60_000

# Its fields after the first go through the store.
WRITER = (
    NEXT_IS_INVOKED
    + """\
def handler(event, context):
    first = 1
    next_is_invoked(event["number"])
    second = [first]
    third = [second]
    return {"first": first, "second": second, "third": third}
"""
)
# What it returns at once is too large for an event, so its fields are stored at the return; their names are data.
BULK = (
    NEXT_IS_INVOKED
    + """\
def handler(event, context):
    if event["bulk"]:
        return {name: name * 700_000 for name in event["bulk"]}
    first = 1
    next_is_invoked(event["number"])
    second = [first]
    return {"first": first, "second": second}
"""
)
READER = """\
def handler(event, context):
    try:
        return event["b"]
    except StreamingTimeoutError:
        return "nothing came"
"""


def now_ms() -> int:
    return int(time.time() * 1000)


def test_readers_are_told_when_the_fields_came_before(start: Start, api: ScriptedApi, stub: AwsStub) -> None:
    start(WRITER, env={**stub.variables, "UNUM_NEXT": "next", "UNUM_TABLE": "fields"})
    lefts: list[range] = []
    for number in (1, 2, 3):
        api.wait_for("invocation/next", number)
        began = now_ms()
        deadline = began + number * MINUTE_MS
        api.serve(invocation({"number": number}, str(number), deadline_ms=str(deadline)))
        assert api.outcome(str(number)).path.endswith("/response")
        told = stub.invocations("next")[number - 1].document["__unum__"].get("rhythm", [])
        assert [field for field, _ in told] == (["second", "third"] if number > 1 else [])
        for _, times in told:
            assert len(times) == len(lefts), told
            assert all(time in left for time, left in zip(times, lefts, strict=True)), (told, lefts)
        lefts.append(range(deadline - now_ms() - 1, deadline - began + 2))


def test_names_of_another_result_go_nowhere(start: Start, api: ScriptedApi, stub: AwsStub) -> None:
    start(BULK, env={**stub.variables, "UNUM_NEXT": "next", "UNUM_TABLE": "fields"})
    for number, bulk in ((1, ""), (2, "xy"), (3, "")):
        api.wait_for("invocation/next", number)
        api.serve(invocation({"number": number, "bulk": bulk}, str(number)))
        assert api.outcome(str(number)).path.endswith("/response")
    assert {put.document["Item"]["field"]["S"] for put in stub.puts} & {"f:x", "f:y"}
    told = stub.invocations("next")[-1].document["__unum__"]["rhythm"]
    assert [(field, len(times)) for field, times in told] == [("second", 1)]


@pytest.mark.parametrize("in_s, most", [(None, 120), (100, 25)])
def test_a_new_reader_looks_when_the_source_says(
    start: Start, api: ScriptedApi, stub: AwsStub, in_s: int | None, most: int
) -> None:
    """Three seconds that it waits in vain; the field has always come much later."""
    settings = {"UNUM_TABLE": "fields", "UNUM_RESOLVE_TIMEOUT_MS": "3000"}
    source = f"from unum_streaming import StreamingTimeoutError\n{READER}"
    start(source, env={**stub.variables, **settings})
    api.wait_for("invocation/next")
    minutes = 15 * MINUTE_MS
    told = {} if in_s is None else {"rhythm": [["b", [minutes - in_s * 1000] * 64]]}
    pending = event(__unum__=envelope(deadline_ms=now_ms() + minutes, **told))
    api.serve(invocation(pending, deadline_ms=str(now_ms() + minutes)))
    assert json.loads(api.outcome("1").body) == "nothing came"
    reads = [*stub.requests("BatchGetItem"), *stub.requests("Query")]
    assert len(reads) <= most
