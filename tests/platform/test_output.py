"""What the bootstrap says on stderr, which it shares with the handler."""

from __future__ import annotations

import json
import os
from pathlib import Path

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
