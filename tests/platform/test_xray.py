"""`UNUM_TRACES=xray`: what streaming did as subsegments of the invocation's trace, before the response is posted."""

from __future__ import annotations

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub

from host_mode.loopback import Request, Response
from host_mode.runtime_api import JSON
from lambda_process import Start
from scripted_api import Call, ScriptedApi, invocation
from xray_daemon import XRayDaemon, details

SOURCE = (
    NEXT_IS_INVOKED
    + """\
import os

def handler(event, context):
    first = [event["n"]]
    next_is_invoked(event["invoked"])
    second = os.environ.get("_X_AMZN_TRACE_ID")
    return {"first": first, "дата?": second}
"""
)
ROOT, PARENT = "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
TRACE = f"Root={ROOT};Parent={PARENT};Sampled=1;Lineage=1:a87bd80c:0,2:68fd508a:1|be4e55e7:3"
HEADER = "X-Amzn-Trace-Id"
CHAIN = {"UNUM_NEXT": "next,another", "UNUM_TABLE": "fields"}


def headers_of_next(stub: AwsStub) -> list[str | None]:
    return [call.headers[HEADER] for name in ("next", "another") for call in stub.invocations(name)]


@pytest.mark.parametrize(
    ("environment", "form"),
    [
        ({}, "127.0.0.1:{}"),
        ({}, "tcp:127.0.0.1:1 udp:127.0.0.1:{}"),
        ({"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}, "localhost:{}"),
        ({"AWS_LAMBDA_MAX_CONCURRENCY": "2"}, "127.0.0.1:{}"),
    ],
)
def test_what_was_published_and_started_is_told(
    start: Start,
    api: ScriptedApi,
    stub: AwsStub,
    xray: XRayDaemon,
    environment: dict[str, str],
    form: str,
) -> None:
    # Without an answer nothing more is done: what is told is told before the response.
    api.hold("invocation/1/response")
    api.serve(invocation({"n": "a value", "invoked": 2}, trace_id=TRACE))
    traced = {"UNUM_TRACES": "xray", "AWS_XRAY_DAEMON_ADDRESS": form.format(xray.port)}
    runtime = start(SOURCE, env={**stub.variables, **CHAIN, **traced, **environment})
    assert api.wait_for("invocation/1/response").document["дата?"] == TRACE
    documents = xray.documents()
    assert {(document["trace_id"], document["parent_id"]) for document in documents} == {(ROOT, PARENT)}
    invoked, published = documents[:2], documents[2:]
    assert [(document["name"], document["namespace"]) for document in invoked] == [("Lambda", "aws")] * 2
    assert [document["aws"]["function_name"] for document in invoked] == ["next", "another"]
    assert all(details(document)["early"] for document in invoked)
    assert headers_of_next(stub) == [TRACE.replace(PARENT, document["id"]) for document in invoked]
    assert [document["name"] for document in published] == ["publish first", "publish дата_"]
    assert [details(document) for document in published] == [
        {"field": "first", "bytes": len('["a value"]'), "inline": True},
        {"field": "дата?", "bytes": len(TRACE) + 2, "inline": False},
    ]
    assert not any("fault" in document for document in documents)
    assert "a value" not in str(documents) and not runtime.stderr.count("UNUM_TRACES")


@pytest.mark.parametrize(
    ("trace", "setting"),
    [
        (TRACE, "off"),
        (TRACE, None),
        (TRACE.replace("Sampled=1", "Sampled=0"), "xray"),
        (TRACE.replace(";Sampled=1", ""), "xray"),
        (TRACE.replace(PARENT, "nobody"), "xray"),
        ("Root=;Parent", "xray"),
        (None, "xray"),
    ],
)
def test_nothing_is_told_unless_asked_of_a_sampled_trace(
    start: Start, api: ScriptedApi, stub: AwsStub, xray: XRayDaemon, trace: str | None, setting: str | None
) -> None:
    header = {"trace_id": trace} if trace else {}
    api.serve(invocation({"n": 1, "invoked": 2}, **header))
    traced = {"UNUM_TRACES": setting} if setting else {}
    start(SOURCE, env={**stub.variables, **CHAIN, **traced, "AWS_XRAY_DAEMON_ADDRESS": xray.address})
    api.wait_for("invocation/1/response")
    assert headers_of_next(stub) == [trace, trace]
    assert xray.documents() == []


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        (None, "AWS_XRAY_DAEMON_ADDRESS is not set"),
        ("daemon", "AWS_XRAY_DAEMON_ADDRESS is `daemon`; it must be `host:port` or"),
        ("tcp:127.0.0.1:2000", "AWS_XRAY_DAEMON_ADDRESS is `tcp:127.0.0.1:2000`; it must be"),
        ("no such host:1", "AWS_XRAY_DAEMON_ADDRESS is `no such host:1`; it must be"),
        # Too long for a name, so nobody is asked for it.
        (f"{'x' * 64}:2000", "no datagrams can be sent to `xxx"),
    ],
)
def test_without_a_daemon_a_function_works_and_says_so_once(
    start: Start, api: ScriptedApi, stub: AwsStub, address: str | None, complaint: str
) -> None:
    api.serve(*(invocation({"n": 1, "invoked": 2}, request, trace_id=TRACE) for request in "12"))
    daemon = {"AWS_XRAY_DAEMON_ADDRESS": address} if address else {}
    runtime = start(SOURCE, env={**stub.variables, **CHAIN, "UNUM_TRACES": "xray", **daemon})
    for request in "12":
        api.wait_for(f"invocation/{request}/response")
    assert headers_of_next(stub) == [TRACE] * 4
    assert runtime.stderr.count("UNUM_TRACES") == 1 and complaint in runtime.stderr, runtime.stderr


def test_a_daemon_that_does_not_listen_holds_nothing_up(
    start: Start, api: ScriptedApi, stub: AwsStub
) -> None:
    with XRayDaemon() as gone:
        address = gone.address
    api.serve(*(invocation({"n": 1, "invoked": 2}, request, trace_id=TRACE) for request in "12"))
    traced = {"UNUM_TRACES": "xray", "AWS_XRAY_DAEMON_ADDRESS": address}
    start(SOURCE, env={**stub.variables, **CHAIN, **traced})
    for request in "12":
        api.wait_for(f"invocation/{request}/response")


class RefusingAws(AwsStub):
    """Answers whoever calls this path, or this operation of DynamoDB's, with an error."""

    def __init__(self, refused: str) -> None:
        super().__init__()
        self._refused = refused

    def _answer(self, request: Request) -> Response:
        call = Call.of(request)
        if not call.headers.get("X-Amz-Target", call.path).endswith(self._refused):
            return super()._answer(request)
        self.add(call)
        return Response(400, b'{"__type": "AccessDeniedException", "message": "a value"}', JSON)


@pytest.mark.parametrize(
    ("refused", "name", "error_type"),
    [
        ("/next/invocations", "Lambda", "Unum.NextError"),
        (".PutItem", "publish дата_", "Unum.FieldStoreError"),
    ],
)
def test_what_failed_is_a_fault_of_a_type(
    start: Start, api: ScriptedApi, xray: XRayDaemon, refused: str, name: str, error_type: str
) -> None:
    stub = RefusingAws(refused)
    api.serve(invocation({"n": 1, "invoked": 1}, trace_id=TRACE))
    traced = {"UNUM_TRACES": "xray", "AWS_XRAY_DAEMON_ADDRESS": xray.address}
    start(SOURCE, env={**stub.variables, **CHAIN, "UNUM_NEXT": "next", **traced})
    api.wait_for("invocation/1/error")
    stub.close()
    documents = xray.documents()
    (fault,) = [document for document in documents if document.get("fault")]
    (exception,) = fault["cause"]["exceptions"]
    assert (fault["name"], set(exception), exception["type"]) == (name, {"id", "type"}, error_type)
    assert "a value" not in str(documents)
