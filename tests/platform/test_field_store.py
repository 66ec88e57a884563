"""What the bootstrap writes to the field store when that refuses."""

from __future__ import annotations

import json

from aws_stub import NEXT_IS_INVOKED, AwsStub

import dynamodb
from host_mode.loopback import Request, Response
from lambda_process import Start
from scripted_api import ScriptedApi, invocation

SETTINGS = {"UNUM_NEXT": "next", "UNUM_TABLE": "fields"}

FIELDS = 40
TRIES_REFUSED = 3
MANY = (
    NEXT_IS_INVOKED
    + f"""\
import os

def handler(event, context):
    first = [1]
    next_is_invoked()
    return {{"first": first, {", ".join(f"'f{number}': os.getpid()" for number in range(FIELDS))}}}
"""
)


def written(stub: AwsStub, key: str) -> list[str]:
    """The values that were written under a sort key, one for each try."""
    items = [put.document["Item"] for put in stub.puts]
    return [item["value"]["S"] for item in items if item["field"]["S"] == key]


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
