"""What the layer's files are, and what its binary does outside of an invocation."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
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
