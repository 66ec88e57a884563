"""Something else than the worker writes into its pipe to the bootstrap."""

from __future__ import annotations

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub

from lambda_process import Start
from scripted_api import ScriptedApi, invocation


@pytest.mark.parametrize("text", ["a line of a library\\n", "FOR Python\\n"], ids=["no kind", "a kind"])
def test_text_in_the_pipe_ends_the_invocation_and_readers_learn_of_it(
    start: Start, api: ScriptedApi, stub: AwsStub, text: str
) -> None:
    source = NEXT_IS_INVOKED + (
        "def handler(event, context):\n"
        "    first = [1]\n"
        "    next_is_invoked()\n"
        "    write_to_pipes()\n"
        "    return {'first': first, 'second': [2]}\n"
        "def write_to_pipes():\n"
        "    import contextlib, os\n"
        "    for descriptor in range(100, 110):\n"
        f"        with contextlib.suppress(OSError): os.write(descriptor, b'{text}')\n"
    )
    api.serve(invocation({}))
    start(source, env={**stub.variables, "UNUM_TABLE": "fields", "UNUM_NEXT": "next"})
    error = api.wait_for("invocation/1/error").document
    assert error["errorType"] == "Unum.WorkerError"
    (mark,) = [put.document["Item"] for put in stub.puts if put.document["Item"]["field"]["S"] == "!failed"]
    assert mark["value"]["S"] == f"Unum.WorkerError: {error['errorMessage']}"
