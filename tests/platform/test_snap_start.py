"""SnapStart: hooks around the snapshot, and nothing of the snapshot's afterwards. Both sides, where AWS's has it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub

from lambda_process import AWS, OURS, Start
from scripted_api import CLOSE, Reply, ScriptedApi, invocation

SNAP_START = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
HOOKS = """\
import os
import snapshot_restore_py as snapshot

seen = []

@snapshot.register_before_snapshot
def first():
    seen.append("before: registered first")

snapshot.register_before_snapshot(seen.append, "before: registered last")

@snapshot.register_after_restore
def restored():
    seen.append("after: registered first")
    snapshot.register_after_restore(seen.append, "after: registered by a hook")

snapshot.register_after_restore(lambda word, end: seen.append("after: " + word + end), "with arguments", end="!")

def handler(event, context):
    return seen
"""
ORDER = [
    "before: registered last",
    "before: registered first",
    "after: registered first",
    "after: with arguments!",
    "after: registered by a hook",
]


def test_hooks_run_around_the_snapshot(start: Start, api: ScriptedApi, side: str) -> None:
    api.serve(invocation({}))
    runtime = start(HOOKS, side=side, env=SNAP_START)
    assert api.wait_for("invocation/1/response").document == ORDER
    assert [call.path for call in api.all][:3] == ["restore/next", "invocation/next", "invocation/1/response"]
    assert (runtime.stdout, runtime.stderr) == ("", "")


def test_hooks_after_the_restore_wait_for_it(
    start: Start, api: ScriptedApi, side: str, tmp_path: Any
) -> None:
    restore = api.hold("restore/next")
    api.serve(invocation({}))
    source = (
        HOOKS
        + "snapshot.register_after_restore(print, 'restored')\nsnapshot.register_before_snapshot(print, 'before')\n"
    )
    runtime = start(source, side=side, env=SNAP_START)
    api.wait_for("restore/next")
    assert runtime.stdout == "before\n"
    restore.set()
    api.wait_for("invocation/1/response")
    assert runtime.stdout == "before\nrestored\n"


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency", "SNAP-START", None])
def test_without_snap_start_no_hook_runs(start: Start, api: ScriptedApi, side: str, kind: str | None) -> None:
    api.serve(invocation({}))
    start(HOOKS, side=side, env={"AWS_LAMBDA_INITIALIZATION_TYPE": kind} if kind else {})
    assert api.wait_for("invocation/1/response").document == []
    assert api.of("restore/next") == []


def test_without_hooks_nothing_of_theirs_is_imported(start: Start, api: ScriptedApi) -> None:
    api.serve(invocation({}))
    source = "import sys\ndef handler(event, context):\n    return [name for name in sys.modules if 'snapshot' in name]\n"
    start(source, env=SNAP_START)
    assert api.wait_for("invocation/1/response").document == ["unum_streaming.snapshot"]


FAILING = """\
import atexit
import snapshot_restore_py as snapshot

atexit.register(print, "at exit")

def fail():
    {statement}

snapshot.register_{when}(fail)
snapshot.register_{when}(print, "another hook")

def handler(event, context):
    return None
"""
STATEMENTS = ["raise ValueError('not today')", "import sys; sys.exit(3)", "raise KeyboardInterrupt"]


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("when", ["before_snapshot", "after_restore"])
def test_a_hook_that_fails_is_reported_as_aws_reports_it(
    start: Start, api: ScriptedApi, when: str, statement: str
) -> None:
    outcomes = {}
    for side in (AWS, OURS):
        known = len(api.all)
        runtime = start(FAILING.format(when=when, statement=statement), side=side, env=SNAP_START)
        status = runtime.wait()
        calls = [(call.path, call.error_type) for call in api.all[known:]]
        document = api.all[-1].document
        document["stackTrace"] = [entry for entry in document["stackTrace"] if not RUNNER.match(entry)]
        outcomes[side] = (status, calls, document, RUNNER.sub("", runtime.stdout))
    assert outcomes[OURS] == outcomes[AWS]
    status, calls, document, _ = outcomes[OURS]
    assert document["stackTrace"]
    if when == "before_snapshot":
        assert (status, calls) == (64, [("init/error", "Runtime.BeforeSnapshotError")])
    else:
        assert (status, calls) == (
            65,
            [("restore/next", None), ("restore/error", "Runtime.AfterRestoreError")],
        )


# AWS shows the frame of the runtime that calls the hook, a line and its source; we show no frame of our own.
RUNNER = re.compile(r'\s+File "[^"]*/lambda_runtime_hooks_runner\.py".*[\r\n]+\s+func\(.*')


@pytest.mark.parametrize("reply", [Reply(500), Reply(403), CLOSE], ids=["500", "403", "closed"])
def test_a_restore_that_fails_ends_the_environment(
    start: Start, api: ScriptedApi, side: str, reply: Any
) -> None:
    api.answer("restore/next", reply)
    runtime = start(HOOKS + "import atexit\natexit.register(print, 'at exit')\n", side=side, env=SNAP_START)
    assert runtime.wait() == 64
    assert [(call.path, call.error_type) for call in api.all] == [
        ("restore/next", None),
        ("init/error", "Runtime.BeforeSnapshotError"),
    ]
    assert runtime.stdout.endswith("at exit\n")
    runtime.wait_until_gone()


def test_an_init_error_comes_before_any_snapshot(start: Start, api: ScriptedApi, side: str) -> None:
    runtime = start("raise ValueError('at import')\n", side=side, env=SNAP_START)
    assert runtime.wait() == 1
    assert [(call.path, call.error_type) for call in api.all] == [("init/error", "ValueError")]


def test_nothing_is_connected_before_the_snapshot(start: Start, api: ScriptedApi, stub: AwsStub) -> None:
    restore = api.hold("restore/next")
    api.serve(invocation({"n": 1}), invocation({"n": 2}, "2"))
    source = f"{NEXT_IS_INVOKED}def handler(event, context):\n    first = [event['n']]\n    next_is_invoked(event['n'])\n    second = str(first)\n    return {{'first': first, 'second': second}}\n"
    credentials = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{stub.endpoint}/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "snapshot",
    }
    keyless = {name: value for name, value in stub.variables.items() if "KEY" not in name}
    start(source, env={**SNAP_START, **keyless, **credentials, "UNUM_NEXT": "next", "UNUM_TABLE": "fields"})
    api.wait_for("restore/next")
    assert stub.all == []
    restore.set()
    assert api.wait_for("invocation/2/response").document == {"first": [2], "second": "[2]"}
    assert [call.headers["Authorization"] for call in stub.of("/credentials")] == ["snapshot"]
    sent = stub.invocations("next")
    assert ["AKIDFROMTHEENDPOINT" in call.headers["Authorization"] for call in sent] == [True, True]
    streams = [call.document["second"]["session"] for call in sent]
    assert streams == ["1", "2"]
    assert len({put.document["Item"]["stream"]["S"] for put in stub.puts}) == 2
