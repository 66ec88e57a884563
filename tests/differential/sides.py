"""Runs a row once: under AWS's own runtime, or under the layer's bootstrap without and with streaming."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from differential.cloud import Cloud
from differential.row import Row
from differential.runtime_api import Post, RuntimeApi

AWS = "aws"
OURS = "ours"
"""Nothing of the layer's is set: the handler runs as written."""
STREAMING = "streaming"
SIDES = (AWS, OURS, STREAMING)

# What hangs is ended at last, so that its output can be seen; no result depends on it.
HANGS_AFTER_S = 120


@dataclass(frozen=True)
class Runtime:
    """What one managed runtime consists of."""

    version: str
    """`3.12`"""
    python: Path
    folder: Path
    """/var/runtime: bootstrap.py and awslambdaric."""
    layer: Path
    """/opt"""


@dataclass(frozen=True)
class Outcome:
    """What can be seen of a run from outside."""

    posts: list[Post]
    stdout: bytes
    stderr: bytes
    framed_log: bytes
    exit: int
    """The exit status, or minus the signal that ended it."""
    stored: int
    """Fields that went by the field store."""
    addresses: Mapping[str, str]
    """What differs from run to run or from side to side by where things are → what it is called on Lambda."""


def run(row: Row, side: str, runtime: Runtime, task_root: Path) -> Outcome:
    row.stage(task_root, runtime.python)
    with ExitStack() as stack:
        api = stack.enter_context(RuntimeApi(row.invocations()))
        cloud = stack.enter_context(Cloud())
        stdout, stderr, framed_log = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        environment = variables(row, side, runtime, task_root, api.address, cloud.endpoint)
        descriptors = (framed_log.fileno(),) if row.framed_log else ()
        if row.framed_log:
            environment["_LAMBDA_TELEMETRY_LOG_FD"] = str(framed_log.fileno())
        process = subprocess.Popen(
            command(row, side, runtime),
            env=environment,
            cwd=task_root,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            pass_fds=descriptors,
            start_new_session=True,
        )
        with _ended(process):
            Thread(target=_tell_exit, args=(process, api), daemon=True).start()
            in_time = api.settled.wait(HANGS_AFTER_S)
            status = process.poll()
            if status is None:
                status = _end(process, getattr(signal, row.end) if in_time else signal.SIGKILL)
        assert in_time, f"{side} hangs\n{_content(stdout)!r}\n{_content(stderr)!r}"
        addresses = {str(runtime.layer): "/opt", api.address: "RUNTIME_API"}
        return Outcome(
            api.posts,
            _content(stdout),
            _content(stderr),
            _content(framed_log),
            status,
            cloud.stored,
            addresses,
        )


def command(row: Row, side: str, runtime: Runtime) -> list[str | Path]:
    command = [runtime.python, *row.options, runtime.folder / "bootstrap.py"]
    return command if side == AWS else [runtime.layer / "bootstrap", *command]


def variables(
    row: Row, side: str, runtime: Runtime, task_root: Path, runtime_api: str, endpoint: str
) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    variables = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": f"{runtime.python.parent}:/usr/local/bin:/usr/bin:/bin",
        "LAMBDA_TASK_ROOT": str(task_root),
        "LAMBDA_RUNTIME_DIR": str(runtime.folder),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_SESSION_TOKEN": "none",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/25/[$LATEST]0123456789abcdef",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{runtime.version}",
        "_HANDLER": row.handler,
        # /var/task is read-only there.
        "PYTHONDONTWRITEBYTECODE": "1",
        # The order of a set is the same for all sides.
        "PYTHONHASHSEED": "0",
    }
    if side == STREAMING:
        variables |= {
            "UNUM_NEXT": "next",
            "UNUM_TABLE": "fields",
            # The run's record is read before the handler runs, so that even one that is done at once streams.
            "UNUM_CHECKPOINT": "true",
            "UNUM_LOG": "error",
            "AWS_ENDPOINT_URL": endpoint,
        }
    for name, value in row.env.items():
        variables.pop(name, None)
        if value is not None:
            variables[name] = value
    return variables


def _tell_exit(process: subprocess.Popen[bytes], api: RuntimeApi) -> None:
    process.wait()
    api.settled.set()


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Afterwards nothing runs any more, whatever the row has started."""
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _end(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """SIGKILL ends the whole environment at once; a notice goes to its first process."""
    if number is signal.SIGKILL:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    return process.wait(HANGS_AFTER_S)


def _content(file) -> bytes:
    file.seek(0)
    return file.read()
