"""Measures cold start, latency, memory, waiting and cost, and writes docs/benchmarks.md: `make bench`.

    python3 tests/bench/bench.py                        everything; a quarter of an hour
    python3 tests/bench/bench.py --only warm,memory     some of it; prints the figures and writes nothing
    python3 tests/bench/bench.py --briefly              a minute; writes nothing, fails only on a blunder
    python3 tests/bench/bench.py --draw                 the report again, from the last results

Needs the layer (`make layer`) and the server (`cargo build --profile checked --package unum-bench-server`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent)]

import chain  # noqa: E402
import cold_start  # noqa: E402
import inside  # noqa: E402
import machine_facts  # noqa: E402
import memory  # noqa: E402
import publishing  # noqa: E402
import report  # noqa: E402
import scaling  # noqa: E402
import targets  # noqa: E402
import waiting  # noqa: E402
import warm  # noqa: E402
from plan import BRIEF, FULL, Plan  # noqa: E402
from sides import Machine  # noqa: E402
from stub import Stub  # noqa: E402

import environment  # noqa: E402

Results = dict[str, Any]
MEASUREMENTS: dict[str, Callable[[Machine, Plan], Any]] = {
    "cold_start": cold_start.measure,
    "memory": memory.measure,
    "warm": warm.measure,
    "publishing": publishing.measure,
    "waiting": waiting.measure,
    "chain": chain.measure,
    "scaling": scaling.measure,
    "layer": lambda machine, _: inside.measure_layer(machine.layer),
}


def main() -> int:
    arguments = _arguments()
    if arguments.draw:
        report.write(json.loads(arguments.results.read_text()), arguments.docs)
        return 0
    if arguments.briefly:
        return complain(dict(measure(BRIEF, arguments.only, arguments.layer, arguments.server)))
    results = {"machine": machine_facts.look()}
    results |= measure(FULL, arguments.only, arguments.layer, arguments.server)
    show(results)
    if arguments.only:
        return 0
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    arguments.results.write_text(json.dumps(results))
    report.write(results, arguments.docs)
    print(arguments.docs / "benchmarks.md")
    return 0


def measure(plan: Plan, only: list[str], layer: Path, server: Path) -> Iterator[tuple[str, Any]]:
    """Name and findings of each measurement, as they come."""
    env = environment.ensure()
    with tempfile.TemporaryDirectory(prefix="unum-bench-") as folder, Stub(server) as stub:
        machine = Machine(layer, env.runtimes, server.parent, stub, Path(folder))
        plan = plan.on(machine.versions)
        for name, take in MEASUREMENTS.items():
            if not only or name in only:
                begun = time.monotonic()
                print(f"bench: {name} …", file=sys.stderr, end=" ", flush=True)
                found = take(machine, plan)
                print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
                yield name, found
    if plan.transform and (not only or "transform" in only):
        yield "transform", inside.measure_transform()


def show(results: Results) -> None:
    for row in targets.rows(results):
        print(f"{row.verdict:12}  {row.what}: {row.measured} ({row.target})")


def complain(results: Results) -> int:
    """The short run's end: only what no loaded machine could have caused counts."""
    for row in targets.rows(results):
        print(f"  {row.what}: {row.measured}")
    blunders = targets.blunders(results)
    for blunder in blunders:
        print(f"bench: {blunder}", file=sys.stderr)
    return 1 if blunders else 0


def _arguments() -> argparse.Namespace:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    layer = Path(os.environ.get("UNUM_LAYER", ROOT / "dist" / "layer"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--briefly", action="store_true", help="a minute, no report, exit code 1 on a blunder"
    )
    parser.add_argument("--only", type=lambda names: names.split(","), default=[], help="some measurements")
    parser.add_argument("--draw", action="store_true", help="write the report from the last results")
    parser.add_argument("--layer", type=Path, default=layer, help="the layer's folder; UNUM_LAYER")
    parser.add_argument("--server", type=Path, default=target / "checked" / "unum-bench-server")
    parser.add_argument("--results", type=Path, default=ROOT / "dist" / "bench" / "results.json")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="where the report goes")
    arguments = parser.parse_args()
    if arguments.briefly and arguments.only:
        parser.error("--briefly looks at everything")
    unknown = set(arguments.only) - {*MEASUREMENTS, "transform"}
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    arguments.layer = arguments.layer.resolve()  # functions start in folders of their own
    if not arguments.draw and not (arguments.layer / "bootstrap").is_file():
        parser.error(f"there is no layer in {arguments.layer}: make layer")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
