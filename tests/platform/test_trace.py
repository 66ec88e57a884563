"""The trace header: on our calls to next as it came, for X-Ray and for Lambda's detection of loops, and nowhere else."""

from __future__ import annotations

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub

from lambda_process import Start
from scripted_api import ScriptedApi, invocation

SOURCE = (
    NEXT_IS_INVOKED
    + """\
import os

def handler(event, context):
    first = [event["n"]]
    if "invoked" in event:
        next_is_invoked(event["invoked"])
    second = os.environ.get("_X_AMZN_TRACE_ID")
    return {"first": first, "second": second}
"""
)
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
LINEAGE = f"{TRACE};Lineage=1:a87bd80c:0,2:68fd508a:1|be4e55e7:3"
HEADER = "X-Amzn-Trace-Id"


@pytest.mark.parametrize("streaming", ["auto", "off"])
def test_next_gets_the_header_of_its_invocation(
    start: Start, api: ScriptedApi, stub: AwsStub, streaming: str
) -> None:
    traces = [LINEAGE, None, TRACE]
    for number, trace in enumerate(traces):
        early = {"invoked": 2 * (number + 1)} if streaming == "auto" else {}
        headers = {"trace_id": trace} if trace else {}
        api.serve(invocation({"n": number, **early}, str(number), **headers))
    settings = {"UNUM_NEXT": "next,another", "UNUM_TABLE": "fields", "UNUM_STREAMING": streaming}
    start(SOURCE, env={**stub.variables, **settings})
    for number, trace in enumerate(traces):
        assert api.wait_for(f"invocation/{number}/response").document["second"] == trace
    for function in ("next", "another"):
        assert [call.headers.get(HEADER) for call in stub.invocations(function)] == traces
    assert all(HEADER not in call.headers for call in [*stub.puts, *api.all])
    assert len(stub.puts) == (3 if streaming == "auto" else 0)


def test_a_header_of_another_time_is_not_passed_on(start: Start, api: ScriptedApi, stub: AwsStub) -> None:
    """What stands in the environment when the runtime starts belongs to no invocation."""
    api.serve(invocation({"n": 1}))
    stale = {"_X_AMZN_TRACE_ID": TRACE, "AWS_LAMBDA_FUNCTION_NAME": "f"}
    start(SOURCE, env={**stub.variables, **stale, "UNUM_NEXT": "next", "UNUM_TABLE": "fields"})
    assert api.wait_for("invocation/1/response").document["second"] is None
    assert [call.headers.get(HEADER) for call in stub.invocations("next")] == [None]
