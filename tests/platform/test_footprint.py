"""What the layer leaves where others could find it: descriptors in the handler's children, files, words in the log."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from aws_stub import NEXT_IS_INVOKED, AwsStub
from hostile_events import envelope, reference

from lambda_process import Start
from scripted_api import ScriptedApi, invocation

# What a child has open beyond its own output, and the pipe that it tells it by: name → what the descriptor is.
CHILDREN = """\
import json, multiprocessing, os, subprocess, sys

LIST = "import os; print([os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if int(fd) > 2 and os.path.exists(f'/proc/self/fd/{fd}')])"

def listed():
    return [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{fd}")]

def report(queue):
    queue.put(listed())

def in_subprocess(**options):
    return subprocess.run([sys.executable, "-c", LIST], stdout=subprocess.PIPE, check=True, text=True, **options).stdout

def in_forked(execute):
    read, write = os.pipe()
    os.set_inheritable(write, True)
    if not (pid := os.fork()):
        if execute:
            os.dup2(write, 1)
            os.execv(sys.executable, [sys.executable, "-c", LIST])
        os.write(write, str(listed()).encode())
        os._exit(0)
    os.close(write)
    with open(read) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return text

def in_multiprocessing(method):
    context = multiprocessing.get_context(method)
    queue = context.SimpleQueue()
    child = context.Process(target=report, args=(queue,))
    child.start()
    found = queue.get()
    child.join()
    return str(found)

def handler(event, context):
    return {
        "own": str(listed()),
        "subprocess": in_subprocess(),
        "subprocess with everything": in_subprocess(close_fds=False),
        "shell": subprocess.run("ls -l /proc/self/fd", shell=True, stdout=subprocess.PIPE, text=True, close_fds=False).stdout,
        "fork": in_forked(False),
        "fork and exec": in_forked(True),
        "spawn": in_multiprocessing("spawn"),
        "forkserver": in_multiprocessing("forkserver"),
        "pid": os.getpid(),
    }
"""

WRITES = (
    NEXT_IS_INVOKED
    + """\
import os

def handler(event, context):
    first = [event["a"]]
    if "invoked" in event:
        next_is_invoked(event["invoked"])
    mask = os.umask(0)
    os.umask(mask)
    second = {"umask": mask, "folder": os.getcwd()}
    return {"first": first, "second": second}
"""
)

SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIDTHATMUSTNOTSHOW0",
    "AWS_SECRET_ACCESS_KEY": "secret-key-that-must-not-show",
    "AWS_SESSION_TOKEN": "session-token-that-must-not-show",
    "UNUM_SIGNING_KEY": "signing-key-that-must-not-show-in-any-log",
    "UNUM_SIGNING_KEY_PREVIOUS": "previous-key-that-must-not-show-in-any-log",
}
STRACE = shutil.which("strace")
IN_EVENT, IN_FIELD = "words-of-the-event-that-must-not-show", "words-of-a-field-that-must-not-show"


def test_no_child_of_the_handler_gets_our_pipes(start: Start, api: ScriptedApi) -> None:
    """The worker's ends of the pipes, as the system numbers them: no child has any of the three."""
    api.serve(invocation({}))
    runtime = start(CHILDREN)
    found = api.wait_for("invocation/1/response").document
    pipes = _pipes_of(runtime.process.pid) & _pipes_of(found.pop("pid"))
    assert len(pipes) == 3, "both directions and the lifeline, while the worker lives"
    assert all(pipe in found["own"] for pipe in pipes), "the test sees them where they are"
    del found["own"]
    for child, descriptors in found.items():
        assert not [pipe for pipe in pipes if pipe in descriptors], f"{child}: {descriptors}"


def test_nothing_is_written_but_what_the_handler_writes(
    start: Start, api: ScriptedApi, stub: AwsStub, tmp_path: Path, layer_folder: Path
) -> None:
    """No file appears in the function's folder, in HOME, in /tmp's place or in the layer, and the umask is the handler's."""
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    for folder in (home, scratch):
        folder.mkdir()
    variables = {**stub.variables, "HOME": str(home), "TMPDIR": str(scratch), "UNUM_LOG": "trace"}
    settings = {"UNUM_NEXT": "next", "UNUM_TABLE": "fields", "PYTHONDONTWRITEBYTECODE": ""}
    mask = os.umask(0)
    os.umask(mask)
    layer = _files_in(layer_folder)
    api.serve(invocation({"a": 1, "invoked": 1}), invocation({"a": 2, "invoked": 2}, "2"))
    start(WRITES, env={**variables, **settings})
    assert api.wait_for("invocation/1/response").document["second"]["umask"] == mask
    api.wait_for("invocation/2/response")
    assert stub.puts, "it was streaming"
    assert _files_in(home) == _files_in(scratch) == []
    assert _files_in(tmp_path / "task") == ["app.py"]
    assert _files_in(layer_folder) == layer


def test_a_function_streams_where_little_memory_can_be_asked_for(
    start: Start, api: ScriptedApi, stub: AwsStub, tmp_path: Path
) -> None:
    """The kernel refuses more at once than the machine has, and 128 MB is what a function has by default."""
    wrapper = tmp_path / "limited"
    wrapper.write_text('#!/bin/sh\nulimit -v 190000\nexec "$@"\n')
    wrapper.chmod(0o755)
    api.serve(invocation({"a": 1, "invoked": 1}))
    runtime = start(
        WRITES, within=str(wrapper), env={**stub.variables, "UNUM_NEXT": "next", "UNUM_TABLE": "fields"}
    )
    api.wait_for("invocation/1/response")
    assert "fields are published before the return" in runtime.stderr
    assert stub.puts


@pytest.mark.skipif(STRACE is None, reason="there is no strace here")
def test_no_file_is_opened_for_writing(start: Start, api: ScriptedApi, stub: AwsStub, tmp_path: Path) -> None:
    """Every call that could make or change a file, by the bootstrap and the worker, while an invocation streams."""
    log = tmp_path / "calls"
    calls = "trace=open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,chmod,fchmodat,bind,mknodat"
    wrapper = tmp_path / "traced"
    wrapper.write_text(f'#!/bin/sh\nexec {STRACE} -f -qq -e {calls} -o {log} "$@"\n')
    wrapper.chmod(0o755)
    api.serve(invocation({"a": 1, "invoked": 1}))
    runtime = start(
        WRITES, within=str(wrapper), env={**stub.variables, "UNUM_NEXT": "next", "UNUM_TABLE": "fields"}
    )
    api.wait_for("invocation/1/response")
    api.wait_for("invocation/next", 2)
    runtime.terminate()
    runtime.wait_until_gone()
    made = [line for line in log.read_text().splitlines() if _makes_a_file(line)]
    assert "app.py" in log.read_text(), "the trace sees the worker"
    assert made == []


@pytest.mark.parametrize("case", ["returns", "raises", "refused"])
def test_nothing_secret_is_logged_even_at_trace(
    start: Start, api: ScriptedApi, stub: AwsStub, case: str
) -> None:
    body = (
        "    raise ValueError('fails')\n"
        if case == "raises"
        else "    return {'first': first, 'second': second}\n"
    )
    source = (
        "def handler(event, context):\n    first = [event['a']]\n    print('handled')\n"
        f"    second = ['{IN_FIELD}']\n    first.copy()\n{body}"
    )
    event = {"a": IN_EVENT, "b": IN_FIELD}
    if case == "refused":
        event |= {"b": reference(), "__unum__": envelope(signature="0" * 64, to=["f"])}
    settings = {"UNUM_NEXT": "next", "UNUM_TABLE": "fields", "UNUM_LOG": "trace"}
    api.serve(invocation(event))
    runtime = start(source, env={**stub.variables, **SECRETS, **settings})
    api.wait_for("invocation/next", 2)
    if case == "returns":
        sent = stub.invocations("next")[0]
        assert "words-of-the-event" in sent.body.decode() and "signature" in sent.body.decode()
    assert "TRACE" in runtime.stderr or "DEBUG" in runtime.stderr, "it does say much"
    for words in [*SECRETS.values(), IN_EVENT, IN_FIELD]:
        assert words not in runtime.stdout + runtime.stderr
    errors = [call for call in api.all if call.path == "invocation/1/error"]
    assert not [call for call in errors for words in SECRETS.values() if words.encode() in call.body]


def test_the_handler_does_not_see_the_signing_keys(start: Start, api: ScriptedApi, stub: AwsStub) -> None:
    api.serve(invocation({}))
    start(
        "import os\ndef handler(event, context):\n    return dict(os.environ)\n",
        env={**stub.variables, **SECRETS},
    )
    seen = api.wait_for("invocation/1/response").document
    assert not [name for name in seen if name.startswith("UNUM_SIGNING_KEY")]
    assert seen["AWS_SESSION_TOKEN"] == SECRETS["AWS_SESSION_TOKEN"]


@pytest.mark.parametrize("name", ["UNUM_SIGNING_KEY", "UNUM_SIGNING_KEY_PREVIOUS"])
def test_a_short_key_is_refused_without_being_shown(start: Start, api: ScriptedApi, name: str) -> None:
    keys = {
        **{name: SECRETS[name] for name in ("UNUM_SIGNING_KEY", "UNUM_SIGNING_KEY_PREVIOUS")},
        name: "too-short",
    }
    runtime = start(WRITES, env=keys)
    error = api.wait_for("init/error").document
    assert error["errorType"] == "Unum.InvalidSetting"
    assert error["errorMessage"].startswith(f"{name} has 9 bytes; it must have 32 at least")
    runtime.wait()
    assert "too-short" not in json.dumps(error) + runtime.stdout + runtime.stderr


@pytest.mark.parametrize("name", ["UNUM_SIGNING_KEY", "UNUM_TABLE", "UNUM_NEXT", "UNUM_TRUST_DECORATORS"])
def test_a_setting_that_is_no_text_is_refused(start: Start, api: ScriptedApi, name: str) -> None:
    # All such keys of one length would be the same one.
    runtime = start(WRITES, env={**SECRETS, name: os.fsdecode(b"\xff" * 40)})
    error = api.wait_for("init/error").document
    assert error["errorType"] == "Unum.InvalidSetting"
    assert error["errorMessage"].startswith(f"{name} is not UTF-8 text")
    runtime.wait()


def _pipes_of(pid: int) -> set[str]:
    """As `pipe:[number]`; those from 100 on are the worker's, and the bootstrap has the other ends anywhere."""
    folder = Path(f"/proc/{pid}/fd")
    targets = {descriptor.name: os.readlink(descriptor) for descriptor in folder.iterdir()}
    return {target for target in targets.values() if target.startswith("pipe:")}


def _files_in(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if not stat.S_ISDIR(path.stat().st_mode)
    )


def _makes_a_file(line: str) -> bool:
    """From strace: a call that succeeded, and that opens for writing, or is not an opening."""
    if " = -1 " in line or "resumed" in line or "(" not in line:
        return False
    call = line.split("(", 1)[0].split()[-1]
    if call in ("open", "openat"):
        return ("O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line) and '"/dev/null"' not in line
    return call not in ("+++", "---")
