"""The test environment: LocalStack, pytest and sam in a virtual environment, and a /var/runtime per Python.

    python3 tests/environment.py                  create it, or do nothing if it is there
    python3 tests/environment.py --print python   the same, then print a path of it

It lives in the user's cache, in a folder named after the requirement files and the interpreter, and is
rebuilt when either changes; packages that users' handlers import come only where a test asks for them
(`third_party`). Standard library only.
"""

from __future__ import annotations

import argparse
import fcntl
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import interpreters
import preflight
from interpreters import Interpreter

TESTS = Path(__file__).resolve().parent
REQUIREMENTS = TESTS / "requirements"
RUNTIME_BOOTSTRAP = TESTS / "localstack" / "runtime_bootstrap.py"
MANAGED_RUNTIMES = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
# Where real packages are tried: the oldest Python, whose last releases are older ones, and the two newest. What is
# between them differs in nothing that these packages or we have to do with.
THIRD_PARTY = {"3.9": "3.9.txt", "3.12": "3.12.txt", "3.13": "3.12.txt"}
# Pure Python, large, and in the virtual environment already.
SHARED = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py")
STAMP = ".complete"
OF_ANOTHER_PYTHON = ("PYTHONPATH", "PYTHONHOME")


@dataclass(frozen=True)
class Environment:
    root: Path

    @property
    def bin(self) -> Path:
        return self.root / "venv" / "bin"

    @property
    def python(self) -> Path:
        return self.bin / "python"

    @property
    def runtimes(self) -> Path:
        """JSON: for each managed runtime, the interpreter's prefix and the folder for /var/runtime."""
        return self.root / f"runtimes-{_of_the_bootstrap()}.json"


def ensure(runtimes: Iterable[str] | None = None, portable: bool = False) -> Environment:
    """`runtimes` are versions such as 3.12; None means every one that this machine has an interpreter for."""
    base = preflight.base_interpreter()
    environment = Environment(_cache() / _fingerprint(base))
    with _locked(environment.root):
        _ensure_venv(environment, base)
        if portable:
            _ensure_portable(environment)
        _ensure_runtimes(environment, MANAGED_RUNTIMES if runtimes is None else runtimes)
    return environment


@functools.cache
def third_party(version: str) -> Path | None:
    """A folder of packages that users' handlers import, for this Python; None where none are tried."""
    interpreter = interpreters.find(version)
    if version not in THIRD_PARTY or interpreter is None:
        return None
    environment = ensure([version])
    requirements = REQUIREMENTS / "third-party" / THIRD_PARTY[version]
    folder = environment.root / "third-party" / f"{version}-{_digest([requirements])}"
    with _locked(environment.root):
        if not (folder / STAMP).exists():
            _build_third_party(environment, interpreter, folder, requirements)
    return folder


def version_of(environment: Environment) -> str:
    """The environment's own Python, `3.11`: the one managed runtime that is always there."""
    return next((environment.root / "venv" / "lib").glob("python3.*")).name.removeprefix("python")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "unum-streaming"


def _fingerprint(base: Path) -> str:
    interpreter = str(base).encode() + str(base.stat().st_mtime_ns).encode()
    return _digest(sorted(REQUIREMENTS.glob("*.txt")), interpreter)


def _digest(files: Iterable[Path], start: bytes = b"") -> str:
    digest = hashlib.sha256(start)
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _of_the_bootstrap() -> str:
    """Checkouts whose runtime_bootstrap.py differ share the environment, but not /var/runtime."""
    return hashlib.sha256(RUNTIME_BOOTSTRAP.read_bytes()).hexdigest()[:8]


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """One run at a time builds; the others wait and find it done."""
    root.mkdir(parents=True, exist_ok=True)
    with root.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another run that builds the environment")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ensure_venv(environment: Environment, base: Path) -> None:
    venv = environment.root / "venv"
    if (venv / STAMP).exists() and environment.python.exists():
        return
    preflight.check_venv(base)
    _say(f"environment: {environment.root} (about 330 MB; once)")
    shutil.rmtree(venv, ignore_errors=True)
    with _step(f"virtual environment on {base}"):
        _run([base, "-m", "venv", venv])
    with _step("LocalStack, pytest, sam and their dependencies"):
        # The file is complete, so there is nothing to resolve; what is imported is compiled when it is.
        options = ["--no-deps", "--no-compile", "--use-pep517"]
        _pip(environment, *options, "--requirement", REQUIREMENTS / "environment.txt")
    (venv / STAMP).touch()


def _ensure_portable(environment: Environment) -> None:
    stamp = environment.root / "venv" / f"{STAMP}-portable"
    if stamp.exists():
        return
    with _step("cargo-lambda and zig"):
        _pip(environment, "--no-deps", "--no-compile", "--requirement", REQUIREMENTS / "portable.txt")
    stamp.touch()


def _ensure_runtimes(environment: Environment, versions: Iterable[str]) -> None:
    known = json.loads(environment.runtimes.read_text()) if environment.runtimes.exists() else {}
    offered = {name: runtime for name, runtime in known.items() if _is_intact(runtime)}
    for version in {*versions, version_of(environment)}:
        interpreter = interpreters.find(version)
        if interpreter is None:
            continue
        folder = environment.root / "runtime" / f"{version}-{_of_the_bootstrap()}"
        if not (folder / STAMP).exists():
            _build_runtime(environment, interpreter, folder)
        offered[f"python{version}"] = {"prefix": str(interpreter.prefix), "folder": str(folder)}
    if offered != known:
        written = environment.runtimes.with_suffix(".new")
        written.write_text(json.dumps(offered, indent=2, sort_keys=True))
        written.replace(environment.runtimes)


def _is_intact(runtime: dict[str, str]) -> bool:
    return Path(runtime["prefix"], "bin").exists() and Path(runtime["folder"], STAMP).exists()


def _build_runtime(environment: Environment, interpreter: Interpreter, folder: Path) -> None:
    """awslambdaric's wheel for another Python, installed beside the file that Lambda starts."""
    shutil.rmtree(folder, ignore_errors=True)
    version = interpreter.version
    requirements = REQUIREMENTS / ("awslambdaric-3.9.txt" if version == "3.9" else "awslambdaric.txt")
    with _step(f"awslambdaric for Python {version}"):
        _pip_for(version, environment, folder, requirements)
        shutil.copy(RUNTIME_BOOTSTRAP, folder / "bootstrap.py")
        # /var/runtime is read-only: what is not compiled now would be compiled at each cold start.
        _run([interpreter.executable, "-m", "compileall", "-q", folder])
    (folder / STAMP).touch()


def _build_third_party(
    environment: Environment, interpreter: Interpreter, folder: Path, requirements: Path
) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    site_packages = next((environment.root / "venv" / "lib").glob("python3.*/site-packages"))
    with _step(f"packages of users' handlers for Python {interpreter.version}"):
        _pip_for(interpreter.version, environment, folder, requirements)
        for name in SHARED:
            (folder / name).symlink_to(site_packages / name)
        # Every cold start of a test would compile them again.
        shared = [folder / name for name in SHARED]
        _run([interpreter.executable, "-m", "compileall", "-q", "-j", "2", "-x", "/tests/", folder, *shared])
    (folder / STAMP).touch()


def _pip_for(version: str, environment: Environment, folder: Path, requirements: Path) -> None:
    """Wheels for another Python than pip's own; the files were resolved for that one, so pip has nothing to judge."""
    wheels = ["--python-version", version, "--implementation", "cp", "--only-binary", ":all:"]
    frozen = ["--no-deps", "--no-compile", "--ignore-requires-python"]
    _pip(environment, *frozen, *wheels, "--target", folder, "--requirement", requirements)


def _pip(environment: Environment, *arguments: str | Path) -> None:
    _run([environment.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments])


def _run(command: list[str | Path]) -> None:
    variables = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER_PYTHON}
    # Its output goes to stderr: stdout is for `--print`.
    done = subprocess.run([str(part) for part in command], env=variables, stdout=sys.stderr)
    if done.returncode != 0:
        raise SystemExit(
            f"tests: `{' '.join(str(part) for part in command)}` failed with status {done.returncode}"
        )


@contextmanager
def _step(what: str) -> Iterator[None]:
    start = time.monotonic()
    _say(f"environment: {what} …")
    yield
    _say(f"environment: {what}: {time.monotonic() - start:.1f} s")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    paths = ("python", "bin", "root", "runtimes")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--print", choices=paths, dest="path", help="print this path of the environment")
    parser.add_argument("--with", choices=["portable"], dest="extra", help="also cargo-lambda and zig")
    parser.add_argument("--runtimes", choices=["all", "own"], default="all", help="managed runtimes to offer")
    arguments = parser.parse_args()
    environment = ensure([] if arguments.runtimes == "own" else None, portable=arguments.extra == "portable")
    if arguments.path:
        print(getattr(environment, arguments.path))


if __name__ == "__main__":
    main()
