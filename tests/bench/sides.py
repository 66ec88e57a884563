"""The runtimes that are compared, and processes of theirs: started as Lambda starts them, on any interpreter here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import bare
from stub import Failed, Stub

HERE = Path(__file__).resolve().parent
HANDLER = "app.handler"

# What charts and tables call the runtimes.
OURS = "unum-streaming"
RIVAL = "awslambdaric"
SMALLEST = "smallest loop"
RELAYED = "smallest two processes"
CLIENT = "smallest with Lambda's client"

ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")

# As in a chain.
STREAMING = {"UNUM_TABLE": "fields", "UNUM_NEXT": "sink"}


class Machine:
    """What all environments share: the layer, awslambdaric's folders, the server, a temporary folder."""

    def __init__(self, layer: Path, runtimes: Path, relays: Path, stub: Stub, folder: Path) -> None:
        self.layer = layer
        self.relays = relays
        self.stub = stub
        self.folder = folder
        self._runtimes = json.loads(runtimes.read_text())
        self._names = 0
        self._tasks: dict[str, Path] = {}
        self._interpreters: dict[str, Path] = {}

    @property
    def versions(self) -> list[str]:
        """`3.12`, oldest first."""
        found = (name.removeprefix("python") for name in self._runtimes)
        return sorted(found, key=lambda version: int(version.partition(".")[2]))

    def interpreter(self, version: str) -> Path:
        """Without the packages of this machine."""
        if version not in self._interpreters:
            installed = Path(self._runtimes[f"python{version}"]["prefix"], "bin", f"python{version}")
            found = bare.interpreter(installed, version, self.folder / "python" / version)
            self._interpreters[version] = found
        return self._interpreters[version]

    def new_name(self, what: str) -> str:
        self._names += 1
        return f"{what}-{self._names}"

    def task(self, source: str) -> Path:
        """A folder with `app.py`; the same one for the same source."""
        if source not in self._tasks:
            folder = Path(tempfile.mkdtemp(prefix="task-", dir=self.folder))
            (folder / "app.py").write_text(source)
            self._tasks[source] = folder
        return self._tasks[source]

    def start(
        self, side: str, version: str, source: str, port: int, name: str, settings: Mapping[str, str]
    ) -> Environment:
        """Starts one execution environment of the function `name`; Lambda's own variables and `settings` are all it has."""
        runtime = Path(self._runtimes[f"python{version}"]["folder"])
        python = str(self.interpreter(version))
        commands = {
            OURS: [str(self.layer / "bootstrap"), python, str(runtime / "bootstrap.py")],
            RIVAL: [python, str(runtime / "bootstrap.py")],
            SMALLEST: [python, str(HERE / "smallest_bootstrap.py")],
            RELAYED: [str(self.relays / "smallest-relay"), python, str(HERE / "smallest_worker.py")],
            CLIENT: [str(self.relays / "smallest-client-relay"), python, str(HERE / "smallest_worker.py")],
        }
        task = self.task(source)
        variables = _lambda_variables(name, version, port, task, runtime) | dict(settings)
        return Environment(commands[side], variables, task)

    @property
    def plain_endpoint(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.stub.aws}"}

    @property
    def tls_endpoint(self) -> dict[str, str]:
        """For what never gets to a request: with TLS there is more to make ready."""
        settings = {"AWS_ENDPOINT_URL": f"https://127.0.0.1:{self.stub.aws}"}
        # Amazon Linux has the root certificates in one file. Debian has each of them once more, and reads it twice.
        if ROOTS.exists():
            settings["SSL_CERT_FILE"] = str(ROOTS)
        return settings


class Environment:
    """The processes of one execution environment."""

    def __init__(self, command: list[str], variables: Mapping[str, str], task: Path) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115
        self.started_ns = time.monotonic_ns()
        self._process = subprocess.Popen(
            command,
            env=dict(variables),
            cwd=task,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    def __enter__(self) -> Environment:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._output.close()

    @property
    def output(self) -> str:
        return os.pread(self._output.fileno(), 1 << 20, 0).decode("utf-8", "replace")

    def pids(self) -> list[int]:
        """Of the first process and of everything below it."""
        return list(_tree(self._process.pid))

    def memory_kb(self) -> Iterator[tuple[str, dict[str, int]]]:
        """For each process its name, RSS, and PSS, which shares out what several processes map."""
        for pid in self.pids():
            kilobytes = {}
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name in ("Rss", "Pss"):
                    kilobytes[name] = int(rest.split()[0])
            yield Path(f"/proc/{pid}/comm").read_text().strip(), kilobytes

    def cpu_ms(self) -> float:
        """What all processes have used so far, threads that have ended included."""
        # The kernel's number for the CPU clock of another process: clock_getcpuclockid(3).
        return sum(time.clock_gettime_ns(~pid << 3 | 2) for pid in self.pids()) / 1e6


class Functions:
    """Functions with running environments; closes them all. Ready means that every one waits for an event."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._environments: dict[str, list[Environment]] = {}

    def __enter__(self) -> Functions:
        return self

    def __exit__(self, *_: object) -> None:
        for environment in self.all():
            environment.close()

    def start(
        self,
        side: str,
        version: str,
        source: str,
        settings: Mapping[str, str],
        *,
        name: str | None = None,
        environments: int = 1,
        event: Any = None,
    ) -> str:
        """The function's name. `event` waits for it already."""
        machine = self._machine
        name = name or machine.new_name("function")
        port = machine.stub.new_function(name)
        if event is not None:
            machine.stub.send(name, event)
        started = [machine.start(side, version, source, port, name, settings) for _ in range(environments)]
        self._environments[name] = started
        self.wait(name)
        return name

    def wait(self, name: str) -> list[int]:
        environments = self._environments[name]
        try:
            return self._machine.stub.ready(name, len(environments))
        except (Failed, TimeoutError) as error:
            raise Failed(f"{name}: {error}\n{environments[0].output}") from error

    def of(self, name: str) -> list[Environment]:
        return self._environments[name]

    def all(self) -> Iterator[Environment]:
        for environments in self._environments.values():
            yield from environments

    def cpu_ms(self) -> float:
        return sum(environment.cpu_ms() for environment in self.all())


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def _lambda_variables(name: str, version: str, port: int, task: Path, runtime: Path) -> dict[str, str]:
    return {
        "_HANDLER": HANDLER,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        # Without it awslambdaric takes another, faster encoder than on Lambda.
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "LAMBDA_RUNTIME_DIR": str(runtime),
        "LAMBDA_TASK_ROOT": str(task),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        # The function's code and the layer are read-only on Lambda: nothing is compiled for the next start.
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": ":UTC",
    }
