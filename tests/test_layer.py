"""What the layer's files are, and what its binary does outside of an invocation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# AL2, which Lambda's Python 3.10 and 3.11 run on.
OLDEST_GLIBC = (2, 26)
# The target for a layer that nobody minds to load.
MOST_BYTES = 3_500_000


@pytest.fixture
def bootstrap(layer_folder: Path) -> Path:
    return layer_folder / "bootstrap"


def test_the_binary_runs_on_the_oldest_runtime(bootstrap: Path) -> None:
    needed = {
        (int(major), int(minor))
        for major, minor in re.findall(rb"GLIBC_(\d+)\.(\d+)", bootstrap.read_bytes())
    }
    assert max(needed, default=(0, 0)) <= OLDEST_GLIBC


def test_the_zip_holds_the_layer_and_nothing_else(layer_folder: Path) -> None:
    archives = sorted((ROOT / "dist").glob("unum-streaming-layer-*.zip"))
    assert archives, "make layer"
    for path in archives:
        assert path.stat().st_size <= MOST_BYTES, path
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            assert archive.getinfo("bootstrap").external_attr >> 16 == 0o100755
        sources = {
            f"python/{file.relative_to(ROOT / 'layer/python')}"
            for file in (ROOT / "layer/python").rglob("*.py")
        }
        assert set(names) == {"bootstrap", *sources}


def test_it_tells_its_version(bootstrap: Path) -> None:
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    told = subprocess.run([bootstrap, "--version"], capture_output=True, text=True, check=True).stdout
    assert version and told == f"unum-streaming bootstrap {version[1]}\n"


def test_by_hand_it_says_what_starts_it(bootstrap: Path) -> None:
    started = subprocess.run(
        [bootstrap, "python3"], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
    )
    assert started.returncode == 2
    assert started.stderr.startswith(
        "unum-streaming: AWS_LAMBDA_RUNTIME_API is not set: this program is started by AWS"
    )


def test_what_is_not_python_is_started_as_it_is(bootstrap: Path) -> None:
    started = subprocess.run(
        [bootstrap, "/bin/echo", "-n", "node", "index.js"], capture_output=True, text=True
    )
    assert (started.returncode, started.stdout) == (0, "node index.js")


class RuntimeApi(BaseHTTPRequestHandler):
    """Hands out no event; tells when the runtime asks for one."""

    asked = threading.Event()
    over = threading.Event()

    def do_GET(self) -> None:
        self.asked.set()
        self.over.wait()

    def log_message(self, *arguments: object) -> None:
        pass


def test_a_notice_of_shutdown_reaches_the_users_code(bootstrap: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(7))\n"
        "def handler(event, context): pass\n"
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        variables = {
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}",
            "AWS_REGION": "us-east-1",
            "LAMBDA_TASK_ROOT": str(tmp_path),
            "_HANDLER": "app.handler",
        }
        with subprocess.Popen(
            [bootstrap, sys.executable, "/var/runtime/bootstrap.py"], env=variables
        ) as runtime:
            assert RuntimeApi.asked.wait(60)
            runtime.terminate()
            assert runtime.wait(60) == 7
    finally:
        RuntimeApi.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
