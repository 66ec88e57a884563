"""UNUM_EXEC_WRAPPER: another layer's wrapper script around the worker, and the layer inside another's wrapper."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub

from lambda_process import Managed, Start
from scripted_api import ScriptedApi, invocation

STREAMS = (
    NEXT_IS_INVOKED
    + """\
import os

def handler(event, context):
    first = [event["n"]]
    if os.environ.get("EARLY"):
        next_is_invoked()
    second = os.environ.get("FROM_THE_WRAPPER")
    return {"first": first, "second": second}
"""
)
# As tracing layers do it: the handler is one of theirs, and it finds the user's through a variable.
TAKES_THE_HANDLER = """\
#!/bin/sh
export ORIGINAL_HANDLER="$_HANDLER"
export _HANDLER="tracing.traced"
echo "tracing is on"
exec "$@"
"""
TRACING = """\
import importlib, os

module, _, function = os.environ["ORIGINAL_HANDLER"].rpartition(".")
original = getattr(importlib.import_module(module), function)

def traced(event, context):
    print("span begins")
    return {**original(event, context), "traced": os.environ["_HANDLER"]}
"""
# As instrumentation does it: a folder with a sitecustomize in front of everything, through a launcher of its own.
INSTRUMENTS = """\
#!/bin/bash
exec 3>&1 4>&2 5>&1 6>&1 7>&1 8>&1 9>&1
export PYTHONPATH="{task}/instrumentation:$LAMBDA_RUNTIME_DIR:$PYTHONPATH"
exec {python} "{task}/launch.py" "$@"
"""
SITECUSTOMIZE = "import os\nos.environ['FROM_THE_WRAPPER'] = 'instrumented'\n"
LAUNCH = "import os, sys\nos.execvp(sys.argv[1], sys.argv[1:])\n"
# As extensions with a proxy do it: the runtime shall talk to the proxy.
MOVES_THE_RUNTIME_API = """\
#!/bin/sh
export AWS_LAMBDA_RUNTIME_API="{proxy}"
exec "$@"
"""
STAYS = '#!/bin/sh\nexport FROM_THE_WRAPPER="a shell that waits"\n"$@"\n'


def settings(wrapper: object, stub: AwsStub) -> dict[str, str]:
    return {"UNUM_EXEC_WRAPPER": str(wrapper), "UNUM_NEXT": "next", "UNUM_TABLE": "fields", **stub.variables}


def test_a_wrapper_that_takes_the_handler_runs_as_without_us(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path
) -> None:
    api.serve(invocation({"n": 1}))
    files = {"app.py": STREAMS, "wrapper": TAKES_THE_HANDLER, "tracing.py": TRACING}
    runtime = start(files, env=settings(task / "wrapper", stub))
    answer = api.wait_for("invocation/1/response")
    assert answer.document == {"first": [1], "second": None, "traced": "tracing.traced"}
    assert runtime.stdout == "tracing is on\nspan begins\n"
    assert runtime.stderr == (
        f"INFO unum-streaming: app.handler runs as written: UNUM_EXEC_WRAPPER ({task}/wrapper) has it called by "
        "`tracing.traced`, which UNUM_TRUST_DECORATORS does not name\n"
    ).replace("INFO", " INFO", 1)
    assert [call.document for call in stub.invocations("next")][0]["traced"] == "tracing.traced"
    assert stub.puts == []


TRUSTED = """\
import importlib, os

module, _, function = os.environ["ORIGINAL_HANDLER"].rpartition(".")
original = getattr(importlib.import_module(module), function)

def traced(event, context):
    {calls}
    return {result}
"""


@pytest.mark.parametrize(
    ("calls", "result", "error"),
    [
        ("result = original(event, context)", "result", None),
        ("first = original({'n': 0}, context); result = original(event, context)", "result", "first"),
        ("result = original(event, context); result['first'] = 3", "result", "first"),
        ("result = original(event, context)", "{**result, 'more': 1}", "the result has other keys"),
    ],
    ids=["passes on", "calls twice", "changes a field", "adds a field"],
)
def test_a_trusted_handler_of_a_wrapper_streams_and_is_checked(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path, calls: str, result: str, error: str | None
) -> None:
    api.serve(invocation({"n": 1}))
    files = {
        "app.py": STREAMS,
        "wrapper": TAKES_THE_HANDLER,
        "tracing.py": TRUSTED.format(calls=calls, result=result),
    }
    env = {**settings(f"{task}/wrapper", stub), "UNUM_TRUST_DECORATORS": "tracing.traced", "EARLY": "1"}
    runtime = start(files, env=env)
    if error is None:
        assert api.wait_for("invocation/1/response").document == {"first": [1], "second": None}
    else:
        failure = api.wait_for("invocation/1/error").document
        assert failure["errorType"] == "Unum.FieldChanged" and error in failure["errorMessage"]
    (sent,) = stub.invocations("next")
    assert sent.document["second"]["__unum_future__"] is True
    assert "1 of 2 fields are published before the return" in runtime.stderr


def test_a_wrapper_that_only_instruments_leaves_streaming_alone(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path, newest: Managed
) -> None:
    api.serve(invocation({"n": 1}))
    files = {
        "app.py": STREAMS,
        "wrapper": INSTRUMENTS.format(task=task, python=newest.python),
        "launch.py": LAUNCH,
        "instrumentation/sitecustomize.py": SITECUSTOMIZE,
    }
    start(files, env={**settings(f"{task}/wrapper", stub), "EARLY": "1"})
    assert api.wait_for("invocation/1/response").document == {"first": [1], "second": "instrumented"}
    (sent,) = stub.invocations("next")
    assert sent.document["first"] == [1] and sent.document["second"]["__unum_future__"] is True
    assert len(stub.puts) == 1


def test_a_wrapper_that_has_loaded_the_module_is_noticed(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path, newest: Managed
) -> None:
    api.serve(invocation({"n": 1}))
    files = {
        "app.py": STREAMS,
        "wrapper": INSTRUMENTS.format(task=task, python=newest.python),
        "launch.py": LAUNCH,
        "instrumentation/sitecustomize.py": f"import sys\nsys.path.insert(0, {str(task)!r})\nimport app\n",
    }
    runtime = start(files, env=settings(task / "wrapper", stub))
    assert api.wait_for("invocation/1/response").document == {"first": [1], "second": None}
    assert runtime.stderr == (
        " INFO unum-streaming: app.handler runs as written: Python had its module already, or has it from elsewhere or "
        "compiled from another text\n"
    )
    assert stub.puts == []


def test_a_wrapper_that_moves_the_runtime_api_is_followed(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path
) -> None:
    with ScriptedApi() as proxy:
        proxy.serve(invocation({"n": 1}))
        start(
            {"app.py": STREAMS, "wrapper": MOVES_THE_RUNTIME_API.format(proxy=proxy.address)},
            env=settings(f"{task}/wrapper", stub),
        )
        assert proxy.wait_for("invocation/1/response").document["first"] == [1]
        assert api.all == []


def test_a_wrapper_that_waits_for_python_ends_with_it(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path
) -> None:
    api.serve(invocation({"n": 1}))
    runtime = start({"app.py": STREAMS, "wrapper": STAYS}, env=settings(f"{task}/wrapper", stub))
    assert api.wait_for("invocation/1/response").document["second"] == "a shell that waits"
    runtime.terminate()
    assert runtime.wait() == 143
    runtime.wait_until_gone()


@pytest.mark.parametrize(
    ("wrapper", "message"),
    [
        (None, "it must be the full path of a wrapper script that can be executed"),
        ("not a script", "it must be the full path of a wrapper script that can be executed"),
        (
            "#!/no/such/interpreter\n",
            "it cannot be started: No such file or directory (os error 2)",
        ),
        (
            "#!/bin/sh\nexit 3\n",
            "it ended without running its arguments, with the descriptors that it had: exit status: 3",
        ),
        (
            "#!/bin/sh\nexit 0\n",
            "it ended without running its arguments, with the descriptors that it had: exit status: 0",
        ),
        (
            "#!/usr/bin/env python3\nimport subprocess, sys\nsys.exit(subprocess.call(sys.argv[1:]))\n",
            "it ended without running its arguments, with the descriptors that it had: exit status: 1",
        ),
    ],
    ids=["missing", "not executable", "bad interpreter", "fails", "does nothing", "closes the descriptors"],
)
def test_a_wrapper_that_does_not_work_is_named(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path, wrapper: str | None, message: str
) -> None:
    files = {"app.py": STREAMS} if wrapper is None else {"app.py": STREAMS, "wrapper": wrapper}
    runtime = start(files, env=settings(f"{task}/wrapper", stub))
    assert runtime.wait() == 1
    (error,) = api.all
    assert (error.path, error.error_type) == ("init/error", "Unum.InvalidSetting")
    assert error.document["errorMessage"] == f"UNUM_EXEC_WRAPPER is `{task}/wrapper`; {message}"
    runtime.wait_until_gone()


def test_the_layer_is_no_wrapper_of_its_own(
    start: Start, api: ScriptedApi, stub: AwsStub, layer_folder: object
) -> None:
    runtime = start(STREAMS, env=settings(f"{layer_folder}/bootstrap", stub))
    assert runtime.wait() == 1
    assert "this layer's own program" in api.wait_for("init/error").document["errorMessage"]


@pytest.mark.parametrize(
    "starts", ['exec "$BOOTSTRAP" "$@"', '"$BOOTSTRAP" "$@"'], ids=["as itself", "below"]
)
def test_a_wrapper_that_starts_the_layer_again_is_refused(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path, layer_folder: object, starts: str
) -> None:
    files = {"app.py": STREAMS, "wrapper": f"#!/bin/sh\n{starts}\n"}
    again = {**settings(f"{task}/wrapper", stub), "BOOTSTRAP": f"{layer_folder}/bootstrap"}
    runtime = start(files, env=again)
    assert runtime.wait() == 1
    error = api.wait_for("init/error").document
    assert error["errorType"] == "Unum.InvalidSetting"
    assert "that script starts this layer's program again and again" in error["errorMessage"]
    runtime.wait_until_gone()


@pytest.mark.parametrize("takes_the_handler", [True, False])
def test_another_wrapper_may_start_the_layer(
    start: Start, api: ScriptedApi, stub: AwsStub, task: Path, takes_the_handler: bool
) -> None:
    """AWS_LAMBDA_EXEC_WRAPPER names theirs, and that ends in `exec /opt/bootstrap "$@"`."""
    api.serve(invocation({"n": 1}))
    env = {"UNUM_NEXT": "next", "UNUM_TABLE": "fields", **stub.variables}
    theirs = TAKES_THE_HANDLER if takes_the_handler else '#!/bin/sh\nexec "$@"\n'
    runtime = start(
        {"app.py": STREAMS, "tracing.py": TRACING, "wrapper": theirs}, env=env, within=f"{task}/wrapper"
    )
    answer = api.wait_for("invocation/1/response")
    assert ("traced" in answer.document) is takes_the_handler
    assert ("runs as written" in runtime.stderr) is takes_the_handler
