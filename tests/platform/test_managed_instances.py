"""Managed Instances: several invocations at a time, each in a worker of its own. Both sides, where AWS's has it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub

from functions import wait_until
from lambda_process import Start
from scripted_api import CLOSE, PATIENCE_S, Reply, ScriptedApi, invocation

TWO, THREE = {"AWS_LAMBDA_MAX_CONCURRENCY": "2"}, {"AWS_LAMBDA_MAX_CONCURRENCY": "3"}
# Each invocation waits until the others have begun, too.
MEET = """\
import os, pathlib, sys, time

def handler(event, context):
    if event.get("exit"):
        os._exit(5)
    if event.get("raise"):
        raise ValueError("no")
    if "meet" not in event:
        return event
    folder = pathlib.Path(os.environ["MEETING"])
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < event["meet"]:
        time.sleep(0.001)
    print("met")
    return {"pid": os.getpid(), "id": context.aws_request_id}
"""


@pytest.fixture
def meeting(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "meeting"
    folder.mkdir()
    return {"MEETING": str(folder)}


def test_as_many_run_at_a_time_as_are_allowed(
    start: Start, api: ScriptedApi, side: str, meeting: dict[str, str]
) -> None:
    api.serve(*(invocation({"meet": 3}, str(number)) for number in range(3)))
    start(MEET, side=side, env={**THREE, **meeting})
    answers = [api.wait_for(f"invocation/{number}/response").document for number in range(3)]
    assert [answer["id"] for answer in answers] == ["0", "1", "2"]
    assert len({answer["pid"] for answer in answers}) == 3


def test_one_is_served_as_ever(start: Start, api: ScriptedApi, side: str) -> None:
    api.serve(invocation({"n": 1}), invocation({"n": 2}, "2"))
    start(MEET, side=side, env={"AWS_LAMBDA_MAX_CONCURRENCY": "1"})
    assert api.wait_for("invocation/2/response").document == {"n": 2}


def test_a_worker_that_ends_takes_no_other_along(start: Start, api: ScriptedApi, side: str) -> None:
    api.serve(invocation({"exit": True}), invocation({"n": 2}, "2"), invocation({"raise": True}, "3"))
    runtime = start(MEET, side=side, env=TWO)
    assert api.wait_for("invocation/2/response").document == {"n": 2}
    assert api.wait_for("invocation/3/error").document["errorMessage"] == "no"
    api.serve(invocation({"exit": True}, "4"))
    assert runtime.wait() == 0
    runtime.wait_until_gone()


@pytest.mark.parametrize("reply", [Reply(413), Reply(500), CLOSE], ids=["413", "500", "closed"])
def test_a_refused_answer_is_that_invocations_misfortune(
    start: Start, api: ScriptedApi, side: str, reply: Reply | str
) -> None:
    api.answer("invocation/1/response", reply)
    api.answer("invocation/2/error", reply)
    api.serve(invocation({"n": 1}), invocation({"raise": True}, "2"), invocation({"n": 3}, "3"))
    start(MEET, side=side, env={"AWS_LAMBDA_MAX_CONCURRENCY": "1"})
    assert api.wait_for("invocation/3/response").document == {"n": 3}


@pytest.mark.parametrize("reply", [Reply(500), CLOSE], ids=["500", "closed"])
def test_next_is_asked_again(start: Start, api: ScriptedApi, side: str, reply: Reply | str) -> None:
    api.serve(reply, reply, invocation({"n": 1}))
    start(MEET, side=side, env={"AWS_LAMBDA_MAX_CONCURRENCY": "1"})
    assert api.wait_for("invocation/1/response").document == {"n": 1}


def test_but_not_for_ever(start: Start, api: ScriptedApi, side: str) -> None:
    api.serve(*[Reply(500)] * 5)
    runtime = start(MEET, side=side, env={"AWS_LAMBDA_MAX_CONCURRENCY": "1"})
    assert runtime.wait() == 0
    assert [call.path for call in api.all] == ["invocation/next"] * 5


def test_an_init_error_of_all_is_reported_by_each(start: Start, api: ScriptedApi, side: str) -> None:
    """Lambda takes the first report and refuses the others."""
    api.answer("init/error", Reply(202), Reply(403))
    runtime = start("raise ValueError('at import')\n", side=side, env=TWO)
    assert runtime.wait() == 0
    assert [(call.path, call.error_type) for call in api.all] == [("init/error", "ValueError")] * 2
    runtime.wait_until_gone()


def test_every_worker_hears_the_notice(start: Start, api: ScriptedApi) -> None:
    source = (
        "import atexit, os, signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(7))\n"
        # Not `print`: it writes twice, and here the workers share an output.
        "atexit.register(os.write, 1, b'at exit\\n')\n"
        "def handler(event, context):\n    pass\n"
    )
    runtime = start(source, env=THREE)
    api.wait_for("invocation/next", 3)
    runtime.terminate()
    assert runtime.wait() == 0
    assert runtime.stdout == "at exit\n" * 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_is_left(start: Start, api: ScriptedApi, side: str, number: signal.Signals) -> None:
    runtime = start(MEET, side=side, env=THREE)
    api.wait_for("invocation/next", 3)
    os.killpg(runtime.process.pid, number)
    runtime.wait()
    runtime.wait_until_gone()


class LogEgress:
    """Where Lambda reads the output of several workers: each connects for its stdout and for its stderr."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.received: list[bytes] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.received.append(b"")
            Thread(target=self._read, args=(connection, len(self.received) - 1), daemon=True).start()

    def _read(self, connection: socket.socket, number: int) -> None:
        with connection:
            while data := connection.recv(1 << 16):
                self.received[number] += data

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def egress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogEgress]:
    egress = LogEgress(tmp_path_factory.mktemp("s") / "log")
    yield egress
    egress.close()


def test_each_worker_writes_to_a_connection_of_its_own(
    start: Start, api: ScriptedApi, side: str, egress: LogEgress, meeting: dict[str, str]
) -> None:
    api.serve(invocation({"meet": 2}), invocation({"meet": 2}, "2"))
    socket_path = {"_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET": str(egress.path)}
    runtime = start(MEET, side=side, env={**TWO, **meeting, **socket_path})
    api.wait_for("invocation/1/response")
    api.wait_for("invocation/2/response")
    wait_until(lambda: sorted(egress.received) == [b"", b"", b"met\n", b"met\n"], "the output", PATIENCE_S)
    assert runtime.stdout == ""


def test_streams_stay_apart(start: Start, api: ScriptedApi, stub: AwsStub, meeting: dict[str, str]) -> None:
    source = (
        NEXT_IS_INVOKED
        + """\
import os, pathlib, time

def meet(number):
    folder = pathlib.Path(os.environ["MEETING"])
    (folder / str(number)).touch()
    while len(list(folder.iterdir())) < 2:
        time.sleep(0.001)

def handler(event, context):
    first = [event["n"]]
    meet(event["n"])
    next_is_invoked(2)
    second = str(first)
    return {"first": first, "second": second}
"""
    )
    api.serve(invocation({"n": 1}), invocation({"n": 2}, "2"))
    runtime = start(
        source, env={**TWO, **meeting, **stub.variables, "UNUM_NEXT": "next", "UNUM_TABLE": "fields"}
    )
    assert api.wait_for("invocation/1/response").document == {"first": [1], "second": "[1]"}
    assert api.wait_for("invocation/2/response").document == {"first": [2], "second": "[2]"}
    sent = {call.document["__unum__"]["stream"]: call.document["first"] for call in stub.invocations("next")}
    items = [put.document["Item"] for put in stub.puts]
    stored = {item["stream"]["S"]: item["value"]["S"] for item in items}
    assert sorted((sent[stream], stored[stream]) for stream in sent) == [([1], '"[1]"'), ([2], '"[2]"')]
    assert runtime.stderr.count("1 of 2 fields are published before the return") == 1


@pytest.mark.parametrize("value", ["0", "many", "-1"])
def test_a_number_that_is_none_is_named(start: Start, api: ScriptedApi, value: str) -> None:
    runtime = start(MEET, env={"AWS_LAMBDA_MAX_CONCURRENCY": value})
    assert runtime.wait() == 1
    error = api.wait_for("init/error")
    assert error.error_type == "Unum.InvalidSetting"
    assert error.document["errorMessage"].startswith(f"AWS_LAMBDA_MAX_CONCURRENCY is `{value}`; it must be")
