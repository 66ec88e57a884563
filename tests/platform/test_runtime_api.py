"""What becomes of a runtime whose Runtime API does not answer as it should, and where that API may be."""

from __future__ import annotations

import socket

import pytest

from lambda_process import Start
from scripted_api import CLOSE, Reply, ScriptedApi, invocation

ECHO = "import atexit\natexit.register(print, 'at exit')\ndef handler(event, context):\n    return event\n"
RAISES = "def handler(event, context):\n    raise ValueError(event)\n"
REFUSALS = [Reply(500), Reply(403, b'{"errorMessage": "no", "errorType": "InvalidStateTransition"}'), CLOSE]
NAMES = ["500", "403", "closed"]


@pytest.mark.parametrize("reply", REFUSALS, ids=NAMES)
def test_no_next_invocation_ends_the_runtime(
    start: Start, api: ScriptedApi, side: str, reply: Reply | str
) -> None:
    api.serve(invocation("first"), reply, reply)
    runtime = start(ECHO, side=side)
    assert runtime.wait() == 1
    # A connection that was used before may have been closed since, so another one is tried.
    calls = ["invocation/next", "invocation/1/response", "invocation/next", "invocation/next"]
    assert [call.path for call in api.all] == (calls if reply == CLOSE else calls[:3])
    assert runtime.stdout.endswith("at exit\n")
    assert runtime.stderr
    runtime.wait_until_gone()


@pytest.mark.parametrize("reply", [*REFUSALS, Reply(413)], ids=[*NAMES, "413"])
@pytest.mark.parametrize(
    ("source", "answer"), [(ECHO, "response"), (RAISES, "error")], ids=["response", "error"]
)
def test_an_answer_that_is_refused_ends_the_runtime(
    start: Start, api: ScriptedApi, side: str, reply: Reply | str, source: str, answer: str
) -> None:
    api.serve(invocation("first"), invocation("second", "2"))
    api.answer(f"invocation/1/{answer}", reply)
    runtime = start(source, side=side)
    assert runtime.wait() == 1
    assert [call.path for call in api.all] == ["invocation/next", f"invocation/1/{answer}"]
    runtime.wait_until_gone()


@pytest.mark.parametrize("reply", REFUSALS, ids=NAMES)
def test_an_init_error_is_reported_once_even_if_it_is_refused(
    start: Start, api: ScriptedApi, side: str, reply: Reply | str
) -> None:
    api.answer("init/error", reply)
    runtime = start("raise ValueError('at import')\n", side=side)
    assert runtime.wait() == 1
    assert [(call.path, call.error_type) for call in api.all] == [("init/error", "ValueError")]
    runtime.wait_until_gone()


def test_nobody_listens(start: Start, api: ScriptedApi, side: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        runtime = start(ECHO, side=side, env={"AWS_LAMBDA_RUNTIME_API": address})
        assert runtime.wait() == 1
    runtime.wait_until_gone()


def test_over_ipv6(start: Start, side: str) -> None:
    with ScriptedApi("::1") as api:
        api.serve(invocation("first"))
        start(ECHO, side=side, api=api)
        assert api.wait_for("invocation/1/response").document == "first"


def test_an_address_may_have_a_path(start: Start, api: ScriptedApi, side: str) -> None:
    """A proxy may tell several runtimes apart by it."""
    api.serve(invocation("first"))
    start(ECHO, side=side, env={"AWS_LAMBDA_RUNTIME_API": f"{api.address}/sandbox"})
    api.wait_for("/sandbox/2018-06-01/runtime/invocation/next")


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost"])
def test_without_a_port_it_is_that_of_http(start: Start, side: str, address: str) -> None:
    """Nobody listens there, or somebody else: that ends the runtime, and no other port is tried."""
    runtime = start(ECHO, side=side, env={"AWS_LAMBDA_RUNTIME_API": address})
    assert runtime.wait() == 1


def test_an_address_that_is_none_is_named(start: Start) -> None:
    runtime = start(ECHO, env={"AWS_LAMBDA_RUNTIME_API": "not an address"})
    assert runtime.wait() != 0
    assert "AWS_LAMBDA_RUNTIME_API is `not an address`; it must be a host and a port" in runtime.stderr
