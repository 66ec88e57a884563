"""What the layer's files are, and what its binary does outside of an invocation."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from botocore.client import BaseClient

from functions import unique_name

ROOT = Path(__file__).resolve().parents[1]
# AL2, which Lambda's Python 3.10 and 3.11 run on.
OLDEST_GLIBC = (2, 26)
# The target for a layer that nobody minds to load.
MOST_BYTES = 3_500_000
MOST_BYTES_UNPACKED = 9_000_000


@pytest.fixture
def bootstrap(layer_folder: Path) -> Path:
    return layer_folder / "bootstrap"


def test_the_binary_runs_on_the_oldest_runtime(bootstrap: Path) -> None:
    needed = {
        (int(major), int(minor))
        for major, minor in re.findall(rb"GLIBC_(\d+)\.(\d+)", bootstrap.read_bytes())
    }
    assert max(needed, default=(0, 0)) <= OLDEST_GLIBC


def test_the_binary_holds_no_path_of_the_machine_that_built_it(bootstrap: Path) -> None:
    content = bootstrap.read_bytes()
    own = {ROOT, Path.home(), Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))}
    assert [str(path) for path in own if os.fsencode(path) + b"/" in content] == []


def test_the_zip_holds_the_layer_and_nothing_else(layer_folder: Path, tmp_path: Path) -> None:
    archive = pack(layer_folder / "bootstrap", tmp_path)
    check_contents(archive)
    assert unpacked(archive) == files_in(layer_folder)


def test_what_make_layer_packed_is_complete_and_small() -> None:
    archives = sorted((ROOT / "dist").glob("unum-streaming-layer-*.zip"))
    assert archives, "make layer"
    for path in archives:
        check_contents(path)
        assert path.stat().st_size <= MOST_BYTES, path
        assert sum(map(len, unpacked(path).values())) <= MOST_BYTES_UNPACKED, path


def test_packed_again_the_zip_has_the_same_bytes(layer_folder: Path, tmp_path: Path) -> None:
    """Whatever the times and modes of the files that it is made of."""
    binary = tmp_path / "renamed"
    shutil.copyfile(layer_folder / "bootstrap", binary)
    binary.chmod(0o600)
    os.utime(binary, (0, 0))
    first, second = pack(layer_folder / "bootstrap", tmp_path / "a"), pack(binary, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


def test_it_tells_its_version_and_how_it_was_built(bootstrap: Path) -> None:
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    told = subprocess.run([bootstrap, "--version"], capture_output=True, text=True, check=True).stdout
    name, commit, target, compiler = told.splitlines()
    assert version and name == f"unum-streaming bootstrap {version[1]}"
    assert re.fullmatch(r"commit (unknown|[0-9a-f]{12}(-changed)?)", commit)
    assert re.fullmatch(r"target (x86_64|aarch64)-unknown-linux-gnu", target)
    assert re.match(r"rustc \d+\.\d+\.\d+", compiler)


def test_make_layer_publish_prints_the_arn(
    lambda_client: BaseClient, layer_folder: Path, tmp_path: Path
) -> None:
    archive, name = pack(layer_folder / "bootstrap", tmp_path), unique_name()
    # Built and packed already: `-o` keeps make from doing it again.
    command = [
        "make",
        "-C",
        ROOT,
        "-o",
        "layer",
        "layer-publish",
        f"LAYER_ZIP={archive}",
        f"LAYER_NAME={name}",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (arn,) = (line for line in done.stdout.splitlines() if line.startswith("arn:"))
    try:
        published = lambda_client.get_layer_version_by_arn(Arn=arn)
        assert published["CompatibleArchitectures"] == ["x86_64"]
        assert published["Content"]["CodeSize"] == archive.stat().st_size
        assert base64.b64decode(published["Content"]["CodeSha256"]) == sha256(archive.read_bytes()).digest()
    finally:
        lambda_client.delete_layer_version(LayerName=name, VersionNumber=int(arn.rpartition(":")[2]))


def pack(binary: Path, folder: Path) -> Path:
    """The layer's zip, made of this binary and the Python files of this checkout."""
    archive = folder / "layer.zip"
    command = [sys.executable, ROOT / "layer" / "package.py", "--bootstrap", binary]
    subprocess.run(
        [*command, "--folder", folder / "layer", "--zip", archive], check=True, capture_output=True
    )
    return archive


def check_contents(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    python = ROOT / "layer" / "python"
    files = {f"python/{file.relative_to(python)}" for file in python.rglob("*.py")}
    files.add("python/unum_streaming/modules.compiled")
    assert modes == {"bootstrap": 0o100755, **dict.fromkeys(files, 0o100644)}


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


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
