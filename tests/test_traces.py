"""`UNUM_TRACES=xray` on a chain: one trace, in which each function is below the subsegment that started it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import BaseClient

from rendezvous import Rendezvous
from streaming_chain import Chain
from xray_daemon import XRayDaemon, details

pytestmark = pytest.mark.usefixtures("host_mode")

WRITER = """
from rendezvous import arrive, wait_for

def lambda_handler(event, context):
    first = [event["n"]]
    header = wait_for("reader-started")
    arrive("header-of-next", header)
    if "fails" in event:
        raise ValueError(event["fails"])
    later = [header]
    return {"first": first, "later": later}
"""

READER = """
import os
from rendezvous import arrive

def lambda_handler(event, context):
    arrive("reader-started", os.environ["_X_AMZN_TRACE_ID"])
    return event["later"]
"""

ROOT, PARENT = "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
HEADER = "X-Amzn-Trace-Id"


@pytest.fixture
def sampled(lambda_client: BaseClient) -> Iterator[None]:
    """Whoever invokes a function is part of a trace."""

    def add_header(params: dict[str, Any], **_: object) -> None:
        params["headers"][HEADER] = f"Root={ROOT};Parent={PARENT};Sampled=1"

    lambda_client.meta.events.register("before-call.lambda.Invoke", add_header)
    yield
    lambda_client.meta.events.unregister("before-call.lambda.Invoke", add_header)


def traced_chain(chain: Chain, xray: XRayDaemon) -> tuple[str, str]:
    traced = {"UNUM_TRACES": "xray", "AWS_XRAY_DAEMON_ADDRESS": xray.address}
    reader = chain.add(READER, environment=traced, timeout=30)
    return chain.add(WRITER, reader, environment=traced, timeout=30), reader


@pytest.mark.usefixtures("sampled")
def test_a_chain_is_one_trace(chain: Chain, rendezvous: Rendezvous, xray: XRayDaemon) -> None:
    writer, reader = traced_chain(chain, xray)
    assert chain.functions.invoke(writer, {"n": 1}).error is None
    invoked = xray.wait_for("Lambda", PARENT)
    assert invoked["aws"]["function_name"] == reader and details(invoked)["early"]
    header = rendezvous.wait_for("header-of-next")
    assert f"Root={ROOT};Parent={invoked['id']};Sampled=1" in header
    published = xray.wait_for("publish later", PARENT)
    waited = xray.wait_for("wait for later", invoked["id"])
    assert details(waited) == {"field": "later", "source": writer} and "fault" not in waited
    assert invoked["start_time"] <= published["start_time"] <= waited["end_time"]
    assert {document["trace_id"] for document in xray.documents()} == {ROOT}


@pytest.mark.usefixtures("sampled")
def test_a_field_that_never_comes_is_a_fault_of_the_reader(chain: Chain, xray: XRayDaemon) -> None:
    writer, _ = traced_chain(chain, xray)
    assert chain.functions.invoke(writer, {"n": 1, "fails": "a value"}).error
    waited = xray.wait_for("wait for later", xray.wait_for("Lambda", PARENT)["id"])
    assert waited["fault"] and waited["cause"]["exceptions"][0]["type"] == "StreamingSourceError"
    assert "a value" not in str(xray.documents())
