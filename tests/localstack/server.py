"""LocalStack in host mode, for as long as something needs it.

    python3 tests/localstack/server.py run -- COMMAND...

runs COMMAND with AWS_ENDPOINT_URL and credentials set, and leaves nothing behind. If AWS_ENDPOINT_URL is set
already, that one is used and nothing is started. Standard library only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import environment  # noqa: E402
import preflight  # noqa: E402
from host_mode.processes import kill_namespace  # noqa: E402

START_SECONDS = 90
# LocalStack gives its services five seconds to stop; sometimes it hangs all the same.
STOP_SECONDS = 10
ATTEMPTS = 3
INTERRUPTS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

# What a client needs to talk to LocalStack, and nothing of the user's own account.
CLIENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "SAM_CLI_TELEMETRY": "0",
    # Seconds; sam asks for a stack's state every five seconds otherwise.
    "SAM_CLI_POLL_DELAY": "0.3",
}
NOT_FOR_CLIENTS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


class HostMode:
    """A context manager: LocalStack runs inside the `with`."""

    def __init__(self, env: environment.Environment) -> None:
        self._env = env
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> HostMode:
        preflight.check_namespaces()
        self._folder = Path(tempfile.mkdtemp(prefix="unum-host-mode-"))
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def _log(self) -> Path:
        return self._folder / "localstack.log"

    def _start(self) -> None:
        start = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            self._port = _free_port()
            self._launch()
            if self._wait_until_healthy(start + START_SECONDS):
                _say(f"host mode: LocalStack at {self.endpoint} after {time.monotonic() - start:.1f} s")
                return
            # Another program may have taken the port since we found it free.
            if "Address already in use" not in self._log.read_text() or attempt == ATTEMPTS:
                break
        tail = "\n".join(self._log.read_text().splitlines()[-30:])
        raise SystemExit(f"host mode: LocalStack did not start; the end of its log:\n{tail}")

    def _launch(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [self._env.python, "-m", "localstack.runtime.main"],
                env=self._settings(),
                cwd=self._folder,
                # Held open and never written to: LocalStack's side of it is host_mode/parent.py.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _settings(self) -> dict[str, str]:
        """All of LocalStack's variables: no settings of the user, files in our folder, no calls elsewhere."""
        for folder in ("state", "home", "cache", "tmp"):
            (self._folder / folder).mkdir(exist_ok=True)
        settings = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self._folder / "home"),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
            # LocalStack calls this one deprecated, but it is Python's tempfile that shall read it.
            "TMPDIR": str(self._folder / "tmp"),
            "FILESYSTEM_ROOT": str(self._folder / "state"),
            "PYTHONPATH": str(HERE),
            "GATEWAY_LISTEN": f"127.0.0.1:{self._port}",
            "LOCALSTACK_HOST": f"127.0.0.1:{self._port}",
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "DNS_ADDRESS": "0",
            "EAGER_SERVICE_LOADING": "0",
            "SQS_DISABLE_CLOUDWATCH_METRICS": "1",
            # A function can be invoked as soon as it was created.
            "LAMBDA_SYNCHRONOUS_CREATE": "1",
            "LAMBDA_RUNTIME_EXECUTOR": "process",
            "PROVIDER_OVERRIDE_DYNAMODB": "moto",
            # Lambda waits one minute, then two, before it retries an event; one second shows the same.
            "LAMBDA_RETRY_BASE_DELAY": "1",
            "HOST_MODE_RUNTIMES": str(self._env.runtimes),
        }
        passed_on = ("HOST_MODE_FREEZE", "LS_LOG", "DEBUG")
        return {**settings, **{name: os.environ[name] for name in passed_on if name in os.environ}}

    def _wait_until_healthy(self, deadline: float) -> bool:
        assert self._process is not None
        next_word = time.monotonic() + 5
        while time.monotonic() < deadline and self._process.poll() is None:
            if _answers(f"{self.endpoint}/_localstack/health"):
                return True
            if time.monotonic() > next_word:
                _say("host mode: still waiting for LocalStack …")
                next_word += 5
            time.sleep(0.05)
        return False

    def _stop(self) -> None:
        with _uninterrupted():
            self._clean_up()

    def _clean_up(self) -> None:
        if self._process is not None:
            _end(self._process)
            assert self._process.stdin is not None
            self._process.stdin.close()
        # LocalStack ends its functions itself; this is for the case that it could not.
        for namespace in self._folder.glob("tmp/sandbox-*/namespace"):
            kill_namespace(namespace)
        if log_copy := os.environ.get("HOST_MODE_LOG"):
            shutil.copy(self._log, log_copy)
        shutil.rmtree(self._folder, ignore_errors=True)


def client_variables(endpoint: str, env: environment.Environment) -> dict[str, str]:
    """The environment variables of a program that talks to LocalStack."""
    variables = {name: value for name, value in os.environ.items() if name not in NOT_FOR_CLIENTS}
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "127.0.0.1,localhost"]))
    variables.update(CLIENT, AWS_ENDPOINT_URL=endpoint, HOST_MODE="1", NO_PROXY=no_proxy, no_proxy=no_proxy)
    variables["PATH"] = f"{env.bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return variables


def run(command: list[str], env: environment.Environment) -> int:
    """The command's exit status."""
    if "AWS_ENDPOINT_URL" in os.environ:
        return _run_command(
            command, {**os.environ, "PATH": f"{env.bin}{os.pathsep}{os.environ.get('PATH', '')}"}
        )
    with HostMode(env) as host_mode:
        return _run_command(command, client_variables(host_mode.endpoint, env))


def _run_command(command: list[str], variables: Mapping[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=dict(variables))
    except OSError as error:
        raise SystemExit(f"host mode: cannot run {command[0]}: {error.strerror}") from None
    try:
        return process.wait()
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """A second Ctrl-C does not keep us from cleaning up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url: str) -> bool:
    # No proxy, whatever the user's environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _interrupted(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(required=True)
    run_verb = verbs.add_parser("run", help="run a command against LocalStack")
    run_verb.add_argument(
        "--runtimes", choices=["all", "own"], default="all", help="managed runtimes to offer"
    )
    run_verb.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    for number in INTERRUPTS:
        signal.signal(number, _interrupted)
    if "AWS_ENDPOINT_URL" not in os.environ:
        preflight.check_namespaces()
    env = environment.ensure([] if arguments.runtimes == "own" else None)
    raise SystemExit(run(arguments.command, env))


if __name__ == "__main__":
    main()
