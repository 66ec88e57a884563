"""Sources that nobody would write, through the transformer, with cargo-fuzz.

    python3 transformer/fuzz/fuzz.py                  each target for five minutes
    python3 transformer/fuzz/fuzz.py --seconds 3600
    python3 transformer/fuzz/fuzz.py --if-installed   nothing but a hint where cargo-fuzz or nightly is missing

What it finds is kept in the target folder's `fuzz`, and the next run goes on from there. Standard library only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGETS = ("bytes", "mutated")
SEEDS = (
    "transformer/tests/fixtures/*/*.py",
    "tests/reach/handlers/**/*.py",
    "tests/equivalence/handlers/*.py",
)
WORK = (ROOT / (os.environ.get("CARGO_TARGET_DIR") or "target") / "fuzz").resolve()
LONGEST_SECONDS = 10
LARGEST_BYTES = 16 * 1024
INSTALL = "rustup toolchain install nightly && cargo install cargo-fuzz"


def is_installed() -> bool:
    commands = (["cargo", "fuzz", "--version"], ["cargo", "+nightly", "--version"])
    return all(subprocess.run(command, capture_output=True).returncode == 0 for command in commands)


def copy_seeds() -> Path:
    folder = WORK / "seeds"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in sorted(path for pattern in SEEDS for path in ROOT.glob(pattern)):
        shutil.copy(path, folder / "-".join(path.relative_to(ROOT).parts[-3:]))
    return folder


def cargo_fuzz(verb: str, *arguments: str | Path, seeds: Path) -> int:
    # Nothing here is unsafe, so a sanitizer would only take time.
    command = ["cargo", "+nightly", "fuzz", verb, "--fuzz-dir", HERE, "--sanitizer", "none", *arguments]
    environment = {**os.environ, "UNUM_FUZZ_SEEDS": str(seeds), "CARGO_TARGET_DIR": str(WORK / "build")}
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment).returncode


def fuzz(target: str, seconds: int, seeds: Path) -> int:
    corpus, artifacts = WORK / "corpus" / target, WORK / "artifacts" / target
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
    if target == "bytes":
        folders.append(seeds)
        options.append(f"-dict={HERE / 'python.dict'}")
    return cargo_fuzz("run", target, *folders, "--", *options, seeds=seeds)


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
    seeds = copy_seeds()
    for target in arguments.target or TARGETS:
        status = fuzz(target, arguments.seconds, seeds)
        if status != 0:
            sys.exit(status)


if __name__ == "__main__":
    main()
