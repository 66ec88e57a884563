"""Hundreds of events that nobody of ours sends, to one process: each is data, or refused by name, and the next one works.

What an event says is believed only of its own stream: no other partition, table, function or key comes out of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from aws_stub import AwsStub
from hostile_events import DATA, OPENED, STREAM, UNREADABLE, VICTIM, Case, cases, event

import dynamodb
from host_mode.loopback import Request, Response
from lambda_process import Runtime, Start
from scripted_api import Call, ScriptedApi, event_bytes, invocation

# A digest tells what the handler got: the event may be of 6 MB, or hold texts that no response can.
READER = """\
import hashlib

def handler(event, context):
    plain = dict(event) if isinstance(event, dict) else event
    return {"digest": hashlib.sha256(ascii(plain).encode()).hexdigest()}
"""
SETTINGS = {
    "UNUM_TABLE": "fields",
    "UNUM_NEXT": "next",
    "UNUM_STREAMING": "off",
    "AWS_LAMBDA_FUNCTION_NAME": "f",
}
KEY = "a key that has thirty-two bytes, and more"
ORDINARY = Case("an ordinary one", b'{"n": 1}', DATA)
SECRET = "the secret of another session"
VALUE = [2.5, "from the store"]


class FieldTable(AwsStub):
    """Has every field that is asked for in one stream, and one of another session's."""

    def __init__(self) -> None:
        super().__init__()
        self.stream = ""
        self.fields: list[str] = []

    def _answer(self, request: Request) -> Response:
        response = super()._answer(request)
        if (request.header("x-amz-target") or "").endswith(".Query"):
            items = self._items(json.loads(request.body)["ExpressionAttributeValues"][":stream"]["S"])
            return dynamodb.answer({"Items": items, "Count": len(items)})
        return response

    def _items(self, stream: str) -> list[Any]:
        values = {name: VALUE for name in self.fields} if stream == self.stream else {}
        if stream == VICTIM:
            values = {"b": SECRET}
        return [
            {"stream": {"S": stream}, "field": {"S": _sort_key(name)}, "value": {"S": json.dumps(value)}}
            for name, value in values.items()
        ]


@pytest.fixture
def table() -> Iterator[FieldTable]:
    stub = FieldTable()
    yield stub
    stub.close()


@pytest.mark.parametrize("mode", ["reader", "entry", "signed"])
def test_each_is_data_or_refused_by_name_and_the_next_event_works(
    start: Start, api: ScriptedApi, table: FieldTable, mode: str
) -> None:
    more = {"reader": {}, "entry": {"UNUM_ENTRY": "true"}, "signed": {"UNUM_SIGNING_KEY": KEY}}[mode]
    runtime = start(READER, env={**table.variables, **SETTINGS, **more})
    surprises = []
    for number, case in enumerate(cases()):
        if surprise := _surprise(api, table, case, f"hostile-{number}", mode):
            surprises.append(f"{case.name}: {surprise}")
        # What an event was read for that Python then could not read may be on its way still.
        late = {STREAM} if case.outcome == UNREADABLE else set()
        if surprise := _surprise(api, table, ORDINARY, f"ordinary-{number}", mode, late):
            surprises.append(f"after {case.name}: {surprise}")
        assert runtime.process.poll() is None, f"ended after {case.name}: {runtime.stderr}"
    assert not surprises, "\n".join(surprises)
    _check_calls(table, mode)
    _check_log(runtime)


def _surprise(
    api: ScriptedApi, table: FieldTable, case: Case, request_id: str, mode: str, late: Iterable[str] = ()
) -> str | None:
    """What is not as it should be."""
    expected = _outcome(case.outcome, mode)
    content = json.loads(case.body) if expected in (DATA, OPENED) else None
    if expected == OPENED:
        envelope = content.pop("__unum__")
        table.stream, table.fields = envelope["stream"], list(dict.fromkeys(envelope["futures"]))
        content |= {name: VALUE for name in table.fields}
    queries = len(table.requests("Query"))
    api.serve(event_bytes(case.body, request_id))
    outcome = api.outcome(request_id)
    reads = table.requests("Query")[queries:]
    may_be_read = set(late)
    if expected in (OPENED, UNREADABLE):
        may_be_read |= {table.stream if expected == OPENED else STREAM}
    if not {_partition(read) for read in reads} <= may_be_read:
        return f"it was read for: {reads[0].body!r}"
    if expected == OPENED and table.fields and not reads:
        return "its stream was not read"
    if expected in (DATA, OPENED):
        if not outcome.path.endswith("/response"):
            return f"{outcome.document}"[:300]
        return None if outcome.document == {"digest": _digest(content)} else "the handler got something else"
    if not outcome.path.endswith("/error"):
        return f"it was taken: {outcome.body[:300]!r}"
    kinds, words = expected if isinstance(expected, tuple) else (["Runtime.UnmarshalError"], "")
    if mode == "signed" and expected == UNREADABLE:
        kinds = ["Runtime.UnmarshalError", "Unum.SignatureError"]
    error = outcome.document
    is_named = error["errorType"] in kinds and words in error["errorMessage"] and len(outcome.body) < 2000
    return None if is_named else f"{error}"[:300]


def _outcome(outcome: str, mode: str) -> str | tuple[list[str], str]:
    """As the table has it for a reader without a key, otherwise what entry and key make of it."""
    if outcome in (DATA, UNREADABLE):
        return outcome
    if mode == "entry":
        return DATA
    if mode == "signed" and "version" not in outcome and "more than one" not in outcome:
        return ["Unum.SignatureError"], "UNUM_SIGNING_KEY"
    return OPENED if outcome == OPENED else (["Unum.EnvelopeError"], outcome)


def _check_calls(table: FieldTable, mode: str) -> None:
    assert {call.path for call in table.all} <= {"/", "/2015-03-31/functions/next/invocations"}
    for call in table.of("/"):
        assert call.headers["X-Amz-Target"] == "DynamoDB_20120810.Query", "nothing is written for these"
        assert call.document["TableName"] == "fields"
        assert call.document["ExpressionAttributeNames"] == {"#stream": "stream"}
        assert call.document["KeyConditionExpression"] == "#stream = :stream"
    assert all(SECRET.encode() not in call.body for call in table.all)
    if mode != "reader":
        assert not table.of("/")


def _check_log(runtime: Runtime) -> None:
    """No line of it was written by an event."""
    assert "panicked" not in runtime.stderr
    assert not [line for line in runtime.stderr.splitlines() if line.startswith("ERROR forged")]
    assert "\x1b" not in runtime.stderr


def _partition(query: Call) -> str:
    return query.document["ExpressionAttributeValues"][":stream"]["S"]


def _sort_key(name: str) -> str:
    encoded = name.encode()
    return f"f:{name}" if len(encoded) <= 1022 else f"h:{hashlib.sha256(encoded).hexdigest()}"


def _digest(content: Any) -> str:
    return hashlib.sha256(ascii(content).encode()).hexdigest()


def test_the_table_has_hundreds_of_cases() -> None:
    assert len(cases()) >= 200


def test_a_reader_without_a_table_says_so(start: Start, api: ScriptedApi, stub: AwsStub) -> None:
    api.serve(invocation(event()))
    start(READER, env={**stub.variables, "AWS_LAMBDA_FUNCTION_NAME": "f"})
    error = api.wait_for("invocation/1/error").document
    assert error["errorType"] == "Unum.EnvelopeError"
    assert "from `A`, but UNUM_TABLE is not set" in error["errorMessage"]
