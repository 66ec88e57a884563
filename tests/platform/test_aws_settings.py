"""Where the layer's own requests go, and with whose credentials: what the AWS SDK reads from the environment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub

from lambda_process import Start
from scripted_api import ScriptedApi, invocation

SOURCE = f"{NEXT_IS_INVOKED}def handler(event, context):\n    a = [1]\n    next_is_invoked()\n    b = [2]\n    return {{'a': a, 'b': b}}\n"
CHAIN = {"UNUM_TABLE": "fields", "UNUM_NEXT": "next"}


@pytest.fixture
def table() -> Iterator[AwsStub]:
    """DynamoDB at an endpoint of its own."""
    aws = AwsStub()
    yield aws
    aws.close()


def test_a_service_may_have_an_endpoint_of_its_own(
    start: Start, api: ScriptedApi, stub: AwsStub, table: AwsStub
) -> None:
    api.serve(invocation({}))
    start(SOURCE, env={**stub.variables, **CHAIN, "AWS_ENDPOINT_URL_DYNAMODB": table.endpoint})
    assert api.wait_for("invocation/1/response").document == {"a": [1], "b": [2]}
    assert len(stub.invocations("next")) == 1
    assert stub.puts == []
    assert len(table.puts) == 1


def test_without_credentials_the_error_says_so(start: Start, api: ScriptedApi, stub: AwsStub) -> None:
    api.serve(invocation({}))
    keyless = {name: value for name, value in stub.variables.items() if "KEY" not in name}
    start("def handler(event, context):\n    return {'a': 1}\n", env={**keyless, **CHAIN})
    error = api.wait_for("invocation/1/error").document
    assert error["errorType"] == "Unum.NextError"
    assert "no credentials found in chain" in error["errorMessage"]
    assert "Environment: " in error["errorMessage"] and "Container: " in error["errorMessage"]
    assert stub.all == []
