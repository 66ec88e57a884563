"""Looks for programs that do not give the same, as written and transformed, on every interpreter of this machine.

    python3 tests/random_programs/run.py --programs 20000 --seed 1 --keep FOLDER
    python3 tests/random_programs/run.py --show 17            print the program with this seed
    python3 tests/random_programs/run.py --programs 1 --seed 17
    python3 tests/random_programs/run.py --file FOLDER/17.py  run one that was kept
    python3 tests/random_programs/run.py --aimed …            short programs, one rule of the analysis in each

The seeds are counted up from --seed. Ends with 1 after a difference.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import re
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from random_programs.minimise import minimise  # noqa: E402
from random_programs.program import Program, generate  # noqa: E402
from random_programs.sample import Tally, judge_all  # noqa: E402
from random_programs.session import NO_ANSWER, VERSIONS, Session, Verdict, find  # noqa: E402

BETWEEN_REPORTS_S = 10


def main() -> int:
    arguments = _arguments()
    make = functools.partial(generate, wild=arguments.wild, aimed=arguments.aimed)
    if arguments.show is not None:
        print(make(arguments.show).source, end="")
        return 0
    pythons = find(arguments.pythons)
    if arguments.file:
        with Session(pythons) as session:
            return _report(session.judge(_kept(arguments.file)), arguments.file.name)
    print(f"seed {arguments.seed}, Python {', '.join(pythons)}", flush=True)
    tally = Tally()
    reported = tally.begun
    seeds = range(arguments.seed, arguments.seed + arguments.programs)
    for program, verdict in judge_all(seeds, pythons, arguments.jobs, make):
        tally.add(program, verdict)
        if verdict.differences:
            _report(verdict, f"seed {program.seed}")
            _keep(program, verdict, pythons, arguments.keep)
        if time.monotonic() - reported > BETWEEN_REPORTS_S:
            reported = time.monotonic()
            print(tally, flush=True)
    print(tally)
    return 1 if tally.different else 0


def _report(verdict: Verdict, name: str) -> int:
    for difference in verdict.differences[:6]:
        print(f"{name}: {difference}", flush=True)
    return 1 if verdict.differences else 0


def _keep(program: Program, verdict: Verdict, pythons: dict[str, Path], folder: Path | None) -> None:
    if folder is None:
        return
    version = next(iter(verdict.by_version), None)
    with Session({version: pythons[version]} if version else {}) as session:
        small, differences = program, verdict.differences
        if NO_ANSWER not in differences[0]:  # each try would take as long
            small = minimise(program, lambda candidate: bool(session.judge(candidate).differences))
            differences = session.judge(small).differences
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{program.seed}.py"
    head = [f"# seed: {program.seed}", f"# events: {json.dumps(small.events)}"]
    head += [f"# {line!r}" for line in differences[:4]]
    path.write_bytes("\n".join([*head, small.source]).encode())
    print(f"seed {program.seed}: {path}", flush=True)


def _kept(path: Path) -> Program:
    text = path.read_bytes().decode()
    events = re.search(r"(?m)^# events: (.*?)\r?$", text)
    return Program(0, text, json.loads(events[1]) if events else [{}], (3, 8))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument("--keep", type=Path, help="folder for minimised programs that differ")
    parser.add_argument("--wild", action="store_true", help="more of what is unusual; less of it streams")
    parser.add_argument("--aimed", action="store_true", help="one unusual thing in each, and little else")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pythons", type=lambda text: text.split(","), default=VERSIONS)
    parser.add_argument("--show", type=int, metavar="SEED")
    parser.add_argument("--file", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
