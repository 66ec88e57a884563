"""A result of more than one event's bytes, in hundreds of fields: they go through the field store, a few at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from aws_stub import AwsStub

import dynamodb
from host_mode.loopback import Request, Response
from lambda_process import Start
from scripted_api import ScriptedApi, invocation

SETTINGS = {"UNUM_TABLE": "fields", "UNUM_NEXT": "next"}
# Too large for two in one item.
HANDLER = """\
def handler(event, context):
    return {f"field_{number}": "x" * 20_000 for number in range(event["fields"])}
"""
# 32 writes, what a bootstrap has open anyway, and connections that were opened for nothing.
MOST_DESCRIPTORS = 128


class WatchedTable(AwsStub):
    """Looks with each write at how many descriptors the writer has open."""

    def __init__(self) -> None:
        super().__init__()
        self.writer = os.getpid()
        self.descriptors: list[int] = []

    def _answer(self, request: Request) -> Response:
        if (request.header("x-amz-target") or "").endswith(".PutItem"):
            self.descriptors.append(len(os.listdir(f"/proc/{self.writer}/fd")))
        return super()._answer(request)


@pytest.fixture
def table() -> Iterator[WatchedTable]:
    watched = WatchedTable()
    yield watched
    watched.close()


def test_each_field_that_does_not_fit_is_stored_and_few_at_a_time(
    start: Start, api: ScriptedApi, table: WatchedTable
) -> None:
    table.writer = start(HANDLER, env={**SETTINGS, **table.variables}).process.pid
    api.serve(invocation({"fields": 290}))
    assert api.outcome("1").path.endswith("/response")
    invoked = table.invocations("next")[0]
    futures = json.loads(invoked.body)["__unum__"]["futures"]
    assert len(futures) > 200
    stored = [name for put in table.puts for name in dynamodb.fields_in(put.document["Item"])]
    assert sorted(stored) == sorted(futures)
    assert max(table.descriptors) < MOST_DESCRIPTORS
