"""Thousands of chains with random faults, many at a time in the same environments.

    python -m faults.many --chains 10000 --seed 1 --layer FOLDER

Prints the seed and how many ended how; the exit status is 1 if a guarantee was broken.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults import check
from faults.matrix import MODES, Machine
from faults.plan import Fault, Plan
from faults.workflow import Chain, Workflow
from lambda_process import managed

# Of a hundred chains, so many have no fault, one and two.
WEIGHTS = {0: 30, 1: 50, 2: 20}
ENVIRONMENTS = 16
# Short, so that readers of a source that was killed do not wait for long.
SECONDS = {"A": 6.0, "B": 12.0, "C": 24.0}
SHOWN = 20


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chains", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--layer", type=lambda folder: Path(folder).resolve(), required=True)
    arguments = parser.parse_args()
    print(f"{arguments.chains} chains, seed {arguments.seed}", flush=True)
    machine = Machine(arguments.layer, list(managed().values())[-1])
    broken: list[str] = []
    for mode in MODES:
        outcomes, complaints = run(machine, mode, arguments.chains // len(MODES), arguments.seed)
        broken += complaints
        for outcome, count in outcomes.most_common():
            print(f"{mode:10} {count:6} {outcome}", flush=True)
    print(f"{len(broken)} broken guarantees", *broken[:SHOWN], sep="\n  ")
    return 1 if broken else 0


def run(machine: Machine, mode: str, chains: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How the chains ended, and which guarantees were broken."""
    choice = random.Random(f"{seed} {mode}")
    faults = [cell.fault for cell in machine.cells() if cell.mode == mode]
    plans = [_plan(choice, faults) for _ in range(chains)]
    outcomes: Counter[str] = Counter()
    broken: list[str] = []
    start, shown = time.monotonic(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        workflow = Workflow(
            machine.layer,
            machine.runtime,
            Path(folder),
            MODES[mode],
            pause_s=0.03,
            environments=ENVIRONMENTS,
            seconds=SECONDS,
        )
        with ThreadPoolExecutor(ENVIRONMENTS) as at_once:
            for chain in at_once.map(workflow.run, range(chains), plans):
                outcomes[check.outcome(chain)] += 1
                broken += _told(mode, chain)
                if sys.stderr.isatty() and time.monotonic() > shown + 1:
                    shown = time.monotonic()
                    done = sum(outcomes.values())
                    print(
                        f"\r{mode}: {done} of {chains}, {done / (shown - start):.0f}/s",
                        end="",
                        file=sys.stderr,
                    )
        broken += [f"{mode}: process {pid} was left" for pid in workflow.close()]
    return outcomes, broken


def _plan(choice: random.Random, faults: list[Fault]) -> Plan:
    (count,) = choice.choices(list(WEIGHTS), list(WEIGHTS.values()))
    return Plan(choice.sample(faults, count))


def _told(mode: str, chain: Chain) -> list[str]:
    complaints = check.complaints(chain, MODES[mode])
    faults = "; ".join(map(str, dict.fromkeys(chain.plan.happened)))
    return [f"{mode} chain {chain.name} ({faults}): {complaint}" for complaint in complaints]


if __name__ == "__main__":
    sys.exit(main())
