"""`make demo`: checks what is here, builds the layer for this machine, then runs the demo on LocalStack.

Standard library only: this part runs before anything is installed.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
OUT = ROOT / "dist" / "demo"
RUST = (1, 94, 1)


def main():
    check_tools()
    build()
    layer = OUT / "layer"
    run(sys.executable, "layer/package.py", "--bootstrap", TARGET / "demo" / "bootstrap", "--folder", layer)
    demo = ["tests/demo/demo.py", "--layer", layer, "--cli", TARGET / "demo" / "unum-streaming", "--out", OUT]
    localstack = [sys.executable, "tests/localstack/server.py", "run", "--runtimes", "own", "--"]
    command = [*localstack, "python", *demo, *sys.argv[1:]]
    os.chdir(ROOT)
    os.execv(sys.executable, [str(word) for word in command])


def check_tools():
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may be what `python3` is
        raise SystemExit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    cargo = shutil.which("cargo")
    if not cargo:
        raise SystemExit("cargo is missing: install Rust 1.94.1 or newer with rustup")
    version = subprocess.run([cargo, "--version"], capture_output=True, text=True, cwd=ROOT).stdout
    found = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if found < RUST:
        raise SystemExit(f"Rust 1.94.1 or newer is needed; {version.strip()} is here: rustup update")
    if not (shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")):
        raise SystemExit("a C compiler is missing: apt-get install build-essential")


def build():
    """Builds in the background of a line that counts the seconds; the output is shown only if it fails."""
    command = ["cargo", "build", "--profile", "demo", "--locked", "-p", "unum-bootstrap", "-p", "unum-cli"]
    begun = time.monotonic()
    log = OUT / "build.log"
    OUT.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None:
                show(
                    f"  Building the layer ... {time.monotonic() - begun:.0f} s, {crates(log)} crates",
                    end="\r",
                )
                wait(process)
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise SystemExit("\nstopped") from None
    if process.returncode:
        raise SystemExit(f"\ncargo build failed:\n{log.read_text()}")
    show(f"  Building the layer ... {time.monotonic() - begun:.1f} s{' ' * 20}")


def wait(process):
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)


def crates(log):
    return log.read_text(errors="replace").count("Compiling ")


def show(text, end="\n"):
    """Rewrites one line on a terminal; elsewhere only whole lines are worth printing."""
    if end == "\n" or sys.stdout.isatty():
        print(text, end=end, flush=True)


def run(*command):
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
