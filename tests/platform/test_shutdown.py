"""The end of an environment: SIGTERM for the runtime's process group first, SIGKILL if that is not enough."""

from __future__ import annotations

import os
import signal

import pytest
from aws_stub import AwsStub

from functions import wait_until
from lambda_process import OURS, Runtime, Start, managed
from scripted_api import PATIENCE_S, ScriptedApi, invocation

NOTICES = """\
import atexit, signal, sys

def notice(number, frame):
    print("notice", flush=True)
    {statement}

signal.signal(signal.SIGTERM, notice)
atexit.register(print, "at exit")

def handler(event, context):
    return event
"""
WAITS = """\
import subprocess, sys

def wait():
    child = subprocess.Popen(["sleep", "1000"])
    print("waiting", flush=True)
    {wait}
"""
DURING_INIT = WAITS + "wait()\ndef handler(event, context):\n    pass\n"
DURING_AN_INVOCATION = WAITS + "def handler(event, context):\n    wait()\n"
IDLE = WAITS.format(wait="pass") + "wait()\ndef handler(event, context):\n    pass\n"
SLEEPS = "child.wait()"
LOOPS = "\n    while True:\n        pass"
MOMENTS = {
    "idle": IDLE,
    "during init": DURING_INIT.format(wait=SLEEPS),
    "during an invocation": DURING_AN_INVOCATION.format(wait=SLEEPS),
    "in a loop": DURING_AN_INVOCATION.format(wait=LOOPS),
}


def wait_for_output(runtime: Runtime, text: str) -> None:
    wait_until(lambda: text in runtime.stdout, text, PATIENCE_S)


@pytest.fixture(params=MOMENTS)
def busy(request: pytest.FixtureRequest, start: Start, api: ScriptedApi, side: str) -> Runtime:
    """A runtime at this moment, with a child that the user has started."""
    runtime = start(MOMENTS[request.param], side=side)
    if request.param == "idle":
        api.wait_for("invocation/next")
    elif request.param != "during init":
        api.serve(invocation({}))
    wait_for_output(runtime, "waiting")
    return runtime


def test_who_does_not_listen_is_ended_by_the_notice(busy: Runtime, api: ScriptedApi) -> None:
    busy.terminate()
    assert busy.wait() == 128 + signal.SIGTERM
    busy.wait_until_gone()
    assert [call for call in api.all if call.method == "POST"] == []


def test_a_kill_ends_everything(busy: Runtime) -> None:
    os.killpg(busy.process.pid, signal.SIGKILL)
    assert busy.wait() == 128 + signal.SIGKILL
    busy.wait_until_gone()


@pytest.mark.parametrize("side", [OURS], indirect=True)
def test_nothing_survives_the_bootstrap(busy: Runtime) -> None:
    """However it ends: under AWS's runtime they are one process."""
    busy.process.kill()
    busy.wait_until_gone()


@pytest.mark.parametrize("name", managed())
def test_on_every_python(start: Start, api: ScriptedApi, name: str) -> None:
    api.serve(invocation({}))
    runtime = start(MOMENTS["in a loop"], runtime=managed()[name])
    wait_for_output(runtime, "waiting")
    runtime.process.kill()
    runtime.wait_until_gone()


def test_the_notice_is_heard_once_and_may_end_the_program(start: Start, api: ScriptedApi) -> None:
    runtime = start(NOTICES.format(statement="sys.exit(7)"))
    api.wait_for("invocation/next")
    runtime.terminate()
    assert runtime.wait() == 7
    assert runtime.stdout == "notice\nat exit\n"
    runtime.wait_until_gone()


def test_it_is_heard_before_a_restore(start: Start, api: ScriptedApi, side: str) -> None:
    api.hold("restore/next")
    runtime = start(MOMENTS["idle"], side=side, env={"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"})
    api.wait_for("restore/next")
    runtime.terminate()
    assert runtime.wait() == 128 + signal.SIGTERM
    runtime.wait_until_gone()
    assert [call.path for call in api.all] == ["restore/next"]


def test_it_is_heard_where_only_the_bootstrap_is_told(start: Start, api: ScriptedApi) -> None:
    runtime = start(NOTICES.format(statement="sys.exit(7)"))
    api.wait_for("invocation/next")
    runtime.process.terminate()
    assert runtime.wait() == 7
    assert runtime.stdout == "notice\nat exit\n"


def test_who_listens_may_go_on(start: Start, api: ScriptedApi, side: str) -> None:
    runtime = start(NOTICES.format(statement="pass"), side=side)
    api.wait_for("invocation/next")
    runtime.terminate()
    wait_for_output(runtime, "notice")
    api.serve(invocation("after the notice"))
    assert api.wait_for("invocation/1/response").document == "after the notice"
    assert runtime.stdout == "notice\n"


def test_what_it_raises_in_the_middle_is_the_invocations_error(
    start: Start, api: ScriptedApi, side: str
) -> None:
    source = NOTICES.format(statement="raise RuntimeError('interrupted')")
    source += "\ndef handler(event, context):\n    if event:\n        print('waiting', flush=True)\n        signal.pause()\n    return 'next'\n"
    api.serve(invocation("first"), invocation("", "2"))
    runtime = start(source, side=side)
    wait_for_output(runtime, "waiting")
    runtime.terminate()
    assert api.wait_for("invocation/1/error").document["errorMessage"] == "interrupted"
    assert api.wait_for("invocation/2/response").document == "next"
    assert runtime.stdout.splitlines().count("notice") == 1


def test_an_exit_in_the_middle_is_the_exit_of_the_runtime(start: Start, api: ScriptedApi, side: str) -> None:
    source = NOTICES.format(statement="sys.exit(7)")
    source += "\ndef handler(event, context):\n    print('waiting', flush=True)\n    signal.pause()\n"
    api.serve(invocation("first"))
    runtime = start(source, side=side)
    wait_for_output(runtime, "waiting")
    runtime.terminate()
    assert runtime.wait() == 7
    assert runtime.stdout == "waiting\nnotice\nat exit\n"
    assert [call.path for call in api.all] == ["invocation/next"]


def test_readers_learn_of_an_end_in_the_middle(start: Start, api: ScriptedApi, stub: AwsStub) -> None:
    source = (
        "import signal\ndef handler(event, context):\n    first = [event['n']]\n"
        "    print('waiting', flush=True)\n    signal.pause()\n    second = str(first)\n"
        "    return {'first': first, 'second': second}\n"
    )
    api.serve(invocation({"n": 1}))
    runtime = start(source, env={**stub.variables, "UNUM_NEXT": "next", "UNUM_TABLE": "fields"})
    wait_for_output(runtime, "waiting")
    stub.wait_for("/2015-03-31/functions/next/invocations")
    runtime.terminate()
    assert runtime.wait() == 128 + signal.SIGTERM
    (mark,) = stub.puts
    assert mark.document["Item"]["field"] == {"S": "!failed"}
    assert "signal: 15" in str(mark.document["Item"])
