"""The init phase where it fails or takes too long: what is reported, how the process ends, what the next one does."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from functions import wait_until
from lambda_process import Start
from scripted_api import PATIENCE_S, ScriptedApi, invocation

COUNTS = """\
import os
with open(os.environ["ATTEMPTS"], "a") as attempts:
    attempts.write("x")
    number = attempts.tell()
print("attempt", number, flush=True)
"""
FAILS = (
    COUNTS
    + "if number < 3:\n    raise ValueError(f'attempt {number}')\ndef handler(event, context):\n    return number\n"
)
HANGS = (
    COUNTS
    + "import signal\nif number == 1:\n    signal.pause()\ndef handler(event, context):\n    return number\n"
)


@pytest.fixture
def attempts(tmp_path: Path) -> dict[str, str]:
    return {"ATTEMPTS": str(tmp_path / "attempts")}


def test_an_init_that_failed_is_run_again_by_the_next_environment(
    start: Start, api: ScriptedApi, side: str, attempts: dict[str, str]
) -> None:
    for number in (1, 2):
        runtime = start(FAILS, side=side, env=attempts)
        assert runtime.wait() == 1
        runtime.wait_until_gone()
        assert [call.path for call in api.all] == ["init/error"] * number
        assert api.all[-1].document["errorMessage"] == f"attempt {number}"
    api.serve(invocation({}))
    start(FAILS, side=side, env=attempts)
    assert api.wait_for("invocation/1/response").document == 3


def test_an_init_that_takes_too_long_is_killed_and_run_again(
    start: Start, api: ScriptedApi, side: str, attempts: dict[str, str]
) -> None:
    """Lambda waits for ten seconds, kills the runtime, and starts it anew in the first invocation."""
    runtime = start(HANGS, side=side, env=attempts)
    wait_until(lambda: "attempt 1" in runtime.stdout, "the init", PATIENCE_S)
    os.killpg(runtime.process.pid, signal.SIGKILL)
    runtime.wait_until_gone()
    assert api.all == []
    api.serve(invocation({}))
    start(HANGS, side=side, env=attempts)
    assert api.wait_for("invocation/1/response").document == 2


@pytest.mark.parametrize(
    ("statement", "status"), [("sys.exit(3)", 3), ("sys.exit()", 0), ("os._exit(4)", 4), ("os.abort()", 134)]
)
def test_an_exit_in_the_init_is_left_for_lambda_to_report(
    start: Start, api: ScriptedApi, side: str, statement: str, status: int
) -> None:
    runtime = start(f"import os, sys\n{statement}\n", side=side)
    assert runtime.wait() == status
    runtime.wait_until_gone()
    assert api.all == []


def test_a_pth_file_among_the_functions_files_may_name_another_handler(
    start: Start, api: ScriptedApi, side: str
) -> None:
    """Both runtimes read such files before they look at `_HANDLER`."""
    api.serve(invocation({}))
    start(
        {
            "app.py": "def handler(event, context):\n    return 1\n",
            "tool.py": "import app\ndef handler(event, context):\n    return {'watched': app.handler(event, context)}\n",
            "tool.pth": "import os; os.environ['_HANDLER'] = 'tool.handler'\n",
        },
        side=side,
    )
    assert api.wait_for("invocation/1/response").document == {"watched": 1}
