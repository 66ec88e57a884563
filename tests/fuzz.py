"""What nobody would write, with cargo-fuzz: sources to the transformer; events, results and frames to the bootstrap.

    python3 tests/fuzz.py                  each target for five minutes
    python3 tests/fuzz.py --seconds 3600
    python3 tests/fuzz.py --if-installed   nothing but a hint where cargo-fuzz or nightly is missing

What it finds is kept in the target folder's `fuzz`, and the next run goes on from there. Standard library only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCES = (
    "transformer/tests/fixtures/*/*.py",
    "tests/reach/handlers/**/*.py",
    "tests/equivalence/handlers/*.py",
)


@dataclass(frozen=True)
class Target:
    crate: str
    seeds: Callable[[Path], None] | None = None
    """Fills a folder with what the fuzzer starts from."""
    dictionary: str | None = None


def copy_sources(folder: Path) -> None:
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        shutil.copy(path, folder / "-".join(path.relative_to(ROOT).parts[-3:]))


def write_events(folder: Path) -> None:
    sys.path[:0] = [str(HERE / "platform")]
    from hostile_events import cases

    for number, case in enumerate(cases()):
        if len(case.body) <= LARGEST_BYTES:
            (folder / str(number)).write_bytes(case.body)


TARGETS = {
    "bytes": Target("transformer/fuzz", copy_sources, "transformer/fuzz/python.dict"),
    "mutated": Target("transformer/fuzz", copy_sources),
    "events": Target("bootstrap/fuzz", write_events, "bootstrap/fuzz/event.dict"),
    "results": Target("bootstrap/fuzz", write_events, "bootstrap/fuzz/event.dict"),
    "frames": Target("bootstrap/fuzz"),
}
WORK = (ROOT / (os.environ.get("CARGO_TARGET_DIR") or "target") / "fuzz").resolve()
LONGEST_SECONDS = 10
LARGEST_BYTES = 16 * 1024
INSTALL = "rustup toolchain install nightly && cargo install cargo-fuzz"


def is_installed() -> bool:
    commands = (["cargo", "fuzz", "--version"], ["cargo", "+nightly", "--version"])
    return all(subprocess.run(command, capture_output=True).returncode == 0 for command in commands)


def make_seeds(name: str) -> Path:
    folder = WORK / "seeds" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if fill := TARGETS[name].seeds:
        fill(folder)
    return folder


def cargo_fuzz(verb: str, crate: Path, *arguments: str | Path, seeds: Path) -> int:
    # Nothing here is unsafe, so a sanitizer would only take time.
    command = ["cargo", "+nightly", "fuzz", verb, "--fuzz-dir", crate, "--sanitizer", "none", *arguments]
    environment = {**os.environ, "UNUM_FUZZ_SEEDS": str(seeds), "CARGO_TARGET_DIR": str(WORK / "build")}
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment).returncode


def fuzz(name: str, seconds: int) -> int:
    target, seeds = TARGETS[name], make_seeds(name)
    corpus, artifacts = WORK / "corpus" / name, WORK / "artifacts" / name
    for folder in (corpus, artifacts):
        folder.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={LONGEST_SECONDS}",
        f"-max_len={LARGEST_BYTES}",
        f"-artifact_prefix={artifacts}/",
        "-print_final_stats=1",
    ]
    folders = [corpus]
    if target.dictionary:
        folders.append(seeds)
        options.append(f"-dict={ROOT / target.dictionary}")
    return cargo_fuzz("run", ROOT / target.crate, name, *folders, "--", *options, seeds=seeds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    parser.add_argument("--target", action="append", choices=TARGETS)
    parser.add_argument("--if-installed", action="store_true", help="succeed without cargo-fuzz and nightly")
    arguments = parser.parse_args()
    if not is_installed():
        print(f"fuzzing needs cargo-fuzz and the nightly compiler: {INSTALL}", file=sys.stderr)
        if arguments.if_installed:
            print("fuzzing is skipped", file=sys.stderr)
        sys.exit(0 if arguments.if_installed else 1)
    for target in arguments.target or TARGETS:
        status = fuzz(target, arguments.seconds)
        if status != 0:
            sys.exit(status)


if __name__ == "__main__":
    main()
