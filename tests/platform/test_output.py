"""What the bootstrap says on stderr, which it shares with the handler."""

from __future__ import annotations

import json
import os
from pathlib import Path

from aws_stub import AwsStub

from functions import wait_until
from lambda_process import Start
from scripted_api import ScriptedApi, invocation

PATIENCE_S = 60
# As asyncio does with what it writes to; then what a slow reader of the log would leave.
FILLS_STDERR = """\
import os

def handler(event, context):
    os.set_blocking(2, False)
    try:
        while True:
            os.write(2, b"." * 4096)
    except BlockingIOError:
        open("full", "w").close()
    return {"ok": True}
"""


def test_the_outcome_is_posted_and_no_line_is_lost_where_stderr_is_full_and_does_not_block(
    start: Start, api: ScriptedApi, task: Path, tmp_path: Path
) -> None:
    log, redirecting = tmp_path / "log", tmp_path / "redirecting"
    os.mkfifo(log)
    redirecting.write_text(f'#!/bin/sh\nexec "$@" 2>"{log}"\n')
    redirecting.chmod(0o755)
    reader = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
    try:
        start(FILLS_STDERR, env={"UNUM_METRICS": "emf"}, within=str(redirecting))
        api.serve(invocation({}))
        wait_until((task / "full").exists, "stderr is full", PATIENCE_S)
        os.set_blocking(reader, True)
        said = b""
        while not said.endswith(b"}\n") and (more := os.read(reader, 1 << 16)):
            said += more
    finally:
        os.close(reader)
    assert json.loads(said.lstrip(b"."))["FunctionName"] == "f"
    assert api.outcome("1").path.endswith("/response")


def test_lines_have_the_functions_log_format(start: Start, api: ScriptedApi) -> None:
    source = "def handler(event, context):\n    return eval('event')\n"
    settings = {"UNUM_TABLE": "fields", "UNUM_NEXT": "next", "AWS_LAMBDA_LOG_FORMAT": "JSON"}
    runtime = start(source, env=settings)
    api.wait_for("invocation/next")
    runtime.terminate()
    runtime.wait()
    (line,) = (json.loads(line) for line in runtime.stderr.splitlines())
    assert (line["level"], line["logger"]) == ("INFO", "unum-streaming")
    assert "app.handler runs as written" in line["message"]
    assert line["timestamp"].endswith("Z")


def test_a_start_after_a_field_that_there_is_not_is_told(start: Start, api: ScriptedApi) -> None:
    source = "def handler(event, context):\n    a = [1]\n    b = str(event)\n    return {'a': a, 'b': b}\n"
    settings = {"UNUM_TABLE": "fields", "UNUM_NEXT": "next", "UNUM_START_AFTER": "a,order"}
    runtime = start(source, env=settings)
    api.wait_for("invocation/next")
    runtime.terminate()
    runtime.wait()
    assert "UNUM_START_AFTER names `order`, which is no field of the result" in runtime.stderr


PROFILED = {
    "app.py": """\
import tools

def handler(event, context):
    a = [event["n"]]
    b = str(event)
    return {"a": a, "b": b}
""",
    "tools.py": "import sys\n\nsys.setprofile(lambda *what: None)\n",
}


def test_what_holds_final_fields_back_while_the_handler_runs_is_told_once(
    start: Start, api: ScriptedApi, stub: AwsStub
) -> None:
    runtime = start(PROFILED, env={"UNUM_TABLE": "fields", "UNUM_NEXT": "next", **stub.variables})
    for number in (1, 2):
        api.serve(invocation({"n": number}, request_id=str(number)))
        assert api.outcome(str(number)).document["a"] == [number]
    api.wait_for("invocation/next", 3)
    runtime.terminate()
    runtime.wait()
    assert [call.document["a"] for call in stub.invocations("next")] == [[1], [2]]
    told = "unum-streaming: fields of app.handler wait for its return: a debugger, profiler or tracer is told what it does"
    assert [line for line in runtime.stderr.splitlines() if "wait for" in line] == [f" INFO {told}"]
