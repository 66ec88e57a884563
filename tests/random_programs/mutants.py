"""Breaks the analysis on purpose, one rule at a time, and sees whether the random programs notice.

    python3 tests/random_programs/mutants.py                   all of mutants.toml
    python3 tests/random_programs/mutants.py --only NAME …     some of them; a part of a name is enough
    python3 tests/random_programs/mutants.py --list

Each mutant is a copy of the sources in which one piece of text is another one. It is built, and transforms the same
programs as the sources as they are; where the results are the same, nothing is run. A program that then differs has
caught it. A mutant that no program catches is a rule that nothing looks after, unless `mutants.toml` says of it:

- `protected`: the publisher's reference counts, or its look at the frames, stand in for the rule. With a publisher that
  counts none, and takes any wrapper for one that it knows, a program has to catch it all the same.
- `equivalent`: the rule has no effect that a program could show.

Ends with 1 if a mutant survives that should not, is caught that should not be, does not apply or does not compile.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from random_programs.jury import Caught, Jury, Outcome, how_made  # noqa: E402
from random_programs.session import find  # noqa: E402

ROOT = TESTS.parent
LIST = Path(__file__).with_suffix(".toml")
SOURCES = "transformer/src"
PROGRAMS = 5000
PYTHONS = ("3.9", "3.13")


@dataclass(frozen=True)
class Mutant:
    name: str
    rule: str
    """What holds in the sources, and does not in the mutant."""
    file: str
    """Below `transformer/src`."""
    old: str
    new: str
    also: tuple[dict[str, str], ...] = ()
    """Further replacements in the file."""
    protected: str = ""
    """How the publisher stands in for the rule."""
    equivalent: str = ""
    """Why no program can show it."""
    programs: int = 0
    """How many it takes, where that is more than most mutants get."""


class Unfit(Exception):
    """The list does not fit the sources."""


def main() -> int:
    arguments = _arguments()
    mutants = [
        one for one in listed() if not arguments.only or any(part in one.name for part in arguments.only)
    ]
    if arguments.list:
        for mutant in mutants:
            print(f"{mutant.name:44} {mutant.file:34} {mutant.rule}")
        return 0
    if not mutants:
        print(f"no mutant in {LIST.name} has a name like {', '.join(arguments.only)}")
        return 1
    begun = time.monotonic()
    verdicts = []
    for mutant, outcome in judge_all(mutants, arguments):
        verdict, is_right = judged(mutant, outcome)
        verdicts.append((mutant, verdict, is_right))
        print(row(mutant, outcome, verdict), flush=True)
        if arguments.verbose and outcome.caught:
            print(f"    {outcome.caught.difference}")
    wrong = [
        f"{mutant.name}: {verdict}; {mutant.rule}" for mutant, verdict, is_right in verdicts if not is_right
    ]
    print(
        f"\n{len(verdicts)} mutants, {len(verdicts) - len(wrong)} as they are to be, {time.monotonic() - begun:.0f} s"
    )
    print("".join(f"  {line}\n" for line in wrong), end="")
    return 1 if wrong else 0


def listed() -> list[Mutant]:
    return [Mutant(**one) for one in tomllib.loads(LIST.read_text())["mutant"]]


def judged(mutant: Mutant, outcome: Outcome) -> tuple[str, bool]:
    if outcome.unfit:
        return outcome.unfit, False
    if outcome.flaw:
        return f"THE TRANSFORMER ITSELF differs: {_seed(outcome.flaw)}", False
    if outcome.caught:
        verdict = f"caught by {_seed(outcome.caught)}"
        return (f"{verdict}, but listed as equivalent", False) if mutant.equivalent else (verdict, True)
    if outcome.trusting and not mutant.equivalent:
        verdict = f"protected; trusting, caught by {_seed(outcome.trusting)}"
        return (verdict, True) if mutant.protected else (f"SURVIVED: {verdict}", False)
    if mutant.equivalent:
        return "equivalent", True
    return "SURVIVED", False


def row(mutant: Mutant, outcome: Outcome, verdict: str) -> str:
    return f"{mutant.name:44} {outcome.programs:5} programs {outcome.changed:5} changed  {verdict}"


def _seed(caught: Caught) -> str:
    seed = caught.program.seed
    return " ".join([f"seed {seed}", *(f"--{how}" for how in how_made(seed))])


def judge_all(mutants: list[Mutant], arguments: argparse.Namespace) -> Iterator[tuple[Mutant, Outcome]]:
    """One is built while the one before it runs."""
    pythons = find(arguments.pythons)
    with Workshop() as workshop, ThreadPoolExecutor(1) as builder:
        sound = workshop.build(None)
        jury = Jury(sound, pythons)
        try:
            builds = [None, builder.submit(workshop.attempt, mutants[0])]
            for mutant, following in zip(mutants, [*mutants[1:], None], strict=True):
                binary = builds.pop().result()
                if following:
                    builds.append(builder.submit(workshop.attempt, following))
                if isinstance(binary, Unfit):
                    yield mutant, Outcome(unfit=str(binary))
                    continue
                programs = max(arguments.programs, mutant.programs)
                yield mutant, jury.judge(binary, range(arguments.seed, arguments.seed + programs))
                binary.unlink()
        finally:
            jury.close()


def applied(mutant: Mutant, path: Path) -> str:
    """The text of the mutant's file at `path`, with its changes; raises Unfit where they do not fit."""
    if not path.is_file():
        raise Unfit("DOES NOT APPLY: the file is not there")
    text = mutated = path.read_text()
    for change in ({"old": mutant.old, "new": mutant.new}, *mutant.also):
        found = text.count(change["old"])
        if found != 1:
            raise Unfit(f"DOES NOT APPLY: `{change['old'].strip()}` is there {found} times")
        mutated = mutated.replace(change["old"], change["new"])
    return mutated


class Workshop:
    """A copy of the sources, in which one mutant after the other is built."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="mutants-")
        self._copy = Path(self._folder.name, "workspace")
        # Not the target folder itself: what is in there is to stay as the sources are.
        target = os.environ.get("CARGO_TARGET_DIR")
        self._target = Path(target).absolute() / "mutants" if target else Path(self._folder.name, "target")

    def __enter__(self) -> Workshop:
        self._copy.mkdir()
        for name in ("Cargo.toml", "Cargo.lock"):
            shutil.copy(ROOT / name, self._copy)
        for member in tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]:
            # As of now: cargo takes what is older than its last build, another mutant's perhaps, for built.
            shutil.copytree(
                ROOT / member,
                self._copy / member,
                ignore=shutil.ignore_patterns("target"),
                copy_function=shutil.copy,
                dirs_exist_ok=True,  # a member may lie within another one
            )
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._folder.cleanup()

    def attempt(self, mutant: Mutant) -> Path | Unfit:
        try:
            return self.build(mutant)
        except Unfit as unfit:
            return unfit

    def build(self, mutant: Mutant | None) -> Path:
        if mutant is None:
            return self._compile("sound")
        path = self._copy / SOURCES / mutant.file
        mutated = applied(mutant, path)
        text = path.read_text()
        path.write_text(mutated)
        try:
            return self._compile(mutant.name)
        finally:
            path.write_text(text)

    def _compile(self, name: str) -> Path:
        # What is built once is built to run fast; what is built for each mutant, to be built fast.
        env = {**os.environ, "CARGO_PROFILE_DEV_DEBUG": "0", "CARGO_TARGET_DIR": str(self._target)}
        command = ["cargo", "build", "--package", "unum-corpus", "--locked", "--quiet"]
        command += ["--config", 'profile.dev.package."*".opt-level=2']
        done = subprocess.run(command, cwd=self._copy, env=env, capture_output=True, text=True)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
            raise Unfit(f"DOES NOT COMPILE: {'; '.join(errors[:3])}")
        binary = Path(self._folder.name, f"unum-corpus-{name.replace(' ', '-')}")
        shutil.copy(self._target / "debug" / "unum-corpus", binary)
        return binary


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="mutants with such names")
    parser.add_argument("--list", action="store_true", help="name them, and the rule that each breaks")
    parser.add_argument(
        "--programs", type=int, default=PROGRAMS, help=f"at most, for each mutant ({PROGRAMS})"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the first program (0)")
    parser.add_argument("--pythons", type=lambda text: text.split(","), default=PYTHONS)
    parser.add_argument("--verbose", action="store_true", help="the difference that caught each")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
