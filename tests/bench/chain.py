"""Stages that hand their result on, without and with streaming, against the best that the latencies allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sources
import spread
from plan import Plan
from sides import OURS, Functions, Machine
from stub import Invocation, Log

STORE_MS = 4
INVOKE_MS = 10
# Settings of every function of a chain, by what tables call them.
OFF_AND_ON: Mapping[str, Mapping[str, str]] = {"off": {"UNUM_STREAMING": "off"}, "on": {}}
# A reader that is quicker than its source waits less if it is started later.
STARTED_LATE = OFF_AND_ON | {"on, UNUM_START_AFTER=4": {"UNUM_START_AFTER": "4"}}


@dataclass(frozen=True)
class Shape:
    stages: int
    fields: int
    work_ms: float
    """For each field."""
    later_ms: float | None = None
    """The same for every stage but the first, if it is not the same."""

    def work_of(self, stage: int) -> float:
        return self.work_ms if stage == 0 or self.later_ms is None else self.later_ms


def measure(machine: Machine, plan: Plan) -> dict[str, Any]:
    """Milliseconds from the first stage's event to the last one's response."""
    version = plan.version
    runs = plan.chain_runs
    rows = {
        "100 ms": compare(machine, version, Shape(4, 5, 100), runs),
        "2 ms": compare(machine, version, Shape(4, 5, 2), 5 * runs),
        "100 ms, then 2 ms": compare(machine, version, Shape(2, 5, 100, 2), runs, STARTED_LATE),
    }
    return {
        "version": version,
        "store_ms": STORE_MS,
        "invoke_ms": INVOKE_MS,
        "rows": rows,
    }


def compare(
    machine: Machine,
    version: str,
    shape: Shape,
    runs: int,
    modes: Mapping[str, Mapping[str, str]] = OFF_AND_ON,
) -> dict[str, Any]:
    """A chain with each of these settings, in turn."""
    machine.stub.set_latency(STORE_MS, INVOKE_MS)
    with Functions(machine) as functions:
        chains = {
            name: start(machine, functions, version, shape, settings) for name, settings in modes.items()
        }
        for stages in chains.values():
            run(machine, functions, stages, shape)
        machine.stub.take_log()
        done: dict[str, list[dict[str, Any]]] = {name: [] for name in modes}
        for _ in range(runs):
            for name, stages in chains.items():
                invocations = run(machine, functions, stages, shape)
                done[name].append(_facts(invocations, stages, machine.stub.take_log()))
    bounds = bound(shape)
    bound_ms = bounds[-1][1]
    return {
        "shape": vars(shape),
        "bound_ms": bound_ms,
        "bound": bounds,
        "ms": {name: spread.of([one["ms"] for one in every]) for name, every in done.items()},
        "timeline": {name: typical(every) for name, every in done.items()},
        "cost": {name: _cost(every, shape) for name, every in done.items()},
    }


def start(
    machine: Machine,
    functions: Functions,
    version: str,
    shape: Shape,
    settings: Mapping[str, str],
    environments: int = 1,
) -> list[str]:
    """The names of the stages, first one first."""
    names = [machine.new_name("stage") for _ in range(shape.stages)]
    for number, name in enumerate(names):
        own = {"WORK_MS": str(shape.work_of(number)), "UNUM_TABLE": "fields"} | machine.plain_endpoint
        own |= {"UNUM_NEXT": names[number + 1]} if number + 1 < shape.stages else {}
        own |= {"UNUM_ENTRY": "true"} if number == 0 else {}
        source = sources.stage(shape.fields)
        functions.start(OURS, version, source, own | dict(settings), name=name, environments=environments)
    return names


def run(machine: Machine, functions: Functions, stages: list[str], shape: Shape) -> list[Invocation]:
    """One run; returns when every environment waits again."""
    machine.stub.send(stages[0], {})
    done = [machine.stub.take_done(name)[0] for name in stages]
    result = done[-1].result
    assert all(field["n"] == shape.stages for field in result.values()) and len(result) == shape.fields, (
        result
    )
    for name in stages:
        functions.wait(name)
    return done


def bound(shape: Shape) -> list[tuple[float, float]]:
    """Begin and end of each stage, in milliseconds, were everything free but the work and the latencies.

    Next starts one Invoke after the first field is final. A field takes one store latency from its source to its reader: half
    of it until it is readable, half for the answer of a read that comes just then.
    """
    begin = 0.0
    there = [0.0] * shape.fields
    stages = []
    for stage in range(shape.stages):
        ready, at = [], begin
        for available in there:
            at = max(at, available) + shape.work_of(stage)
            ready.append(at)
        stages.append((begin, at))
        begin = ready[0] + INVOKE_MS
        there = [begin] + [at + STORE_MS for at in ready[1:]]
    return stages


def typical(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run with the median time."""
    return sorted(runs, key=lambda one: one["ms"])[len(runs) // 2]


def _facts(invocations: list[Invocation], stages: list[str], log: Log) -> dict[str, Any]:
    origin = invocations[0].handed_ns
    published: dict[str, list[float]] = {name: [] for name in stages}
    for write in log.writes:
        published[write["stream"].split("/")[1]].append((write["arrived_ns"] - origin) / 1e6)
    for invoke in log.invokes:
        number = stages.index(invoke["function"])
        published[stages[number - 1]].insert(0, (invoke["arrived_ns"] - origin) / 1e6)
    spans = [((one.handed_ns - origin) / 1e6, (one.answered_ns - origin) / 1e6) for one in invocations]
    return {
        "ms": spans[-1][1],
        "stages": spans,
        "published": list(published.values()),
        "writes": len(log.writes),
        "write_units": sum(write["units"] for write in log.writes),
        "reads": sum(read["requests"] for read in log.reads.values()),
        "read_units": sum(read["units"] for read in log.reads.values()) / 2,
        "invokes": len(log.invokes),
    }


def _cost(runs: list[dict[str, Any]], shape: Shape) -> dict[str, float]:
    """Medians for each hop, and the milliseconds that Lambda would bill for all stages."""
    hops = shape.stages - 1
    per_hop = {
        name: spread.median([one[name] / hops for one in runs])
        for name in ("writes", "write_units", "reads", "read_units", "invokes")
    }
    billed = spread.median([sum(-(-(end - begin) // 1) for begin, end in one["stages"]) for one in runs])
    return per_hop | {"billed_ms": billed}
