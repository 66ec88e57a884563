"""What grows: fields, bytes, stages, chains at once. Each should cost in proportion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import chain
import sources
import spread
from plan import Plan
from sides import OURS, RIVAL, Functions, Machine

STORE_MS = 4
INVOKE_MS = 10
# After the first of many fields: a handler that is done within some milliseconds does not stream.
PAUSE_S = 0.03


def measure(machine: Machine, plan: Plan) -> dict[str, Any]:
    """Each curve: a list of rows, smallest first."""
    machine.stub.set_latency(STORE_MS, INVOKE_MS)
    version = plan.version
    return {
        "version": version,
        "fields": [_fields(machine, plan, version, count) for count in plan.field_counts],
        "results": [_results(machine, plan, version, size) for size in plan.result_megabytes],
        "stages": [_stages(machine, plan, version, count) for count in plan.stage_counts],
        "chains": _chains(machine, plan, version) if plan.chains_at_once else [],
    }


def _fields(machine: Machine, plan: Plan, version: str, count: int) -> dict[str, Any]:
    """A writer of so many fields at once and its reader, off and on."""
    row: dict[str, Any] = {"fields": count}
    with Functions(machine) as functions:
        for name, settings in {"off": {"UNUM_STREAMING": "off"}, "on": {}}.items():
            source = sources.many(count, PAUSE_S)
            row[name] = _pair(machine, functions, version, source, {"size": 20}, settings, plan)
    return row


def _results(machine: Machine, plan: Plan, version: str, megabytes: float) -> dict[str, Any]:
    """A result of this size in eight fields: alone, under both runtimes, and through the store to a reader."""
    source = sources.many(8)
    event = {"size": int(megabytes * 1_000_000 / 8)}
    row: dict[str, Any] = {"megabytes": megabytes, "alone": {}}
    with Functions(machine) as functions:
        alone = {
            RIVAL: functions.start(RIVAL, version, source, {}),
            OURS: functions.start(OURS, version, source, {}),
        }
        times: dict[str, list[float]] = {side: [] for side in alone}
        for _ in range(plan.scaling_runs + 1):
            for side, name in alone.items():
                times[side].append(machine.stub.invoke(name, event).ms)
        row["alone"] = {side: spread.of(values[1:]) for side, values in times.items()}
    with Functions(machine) as functions:
        for name, settings in {"off": {"UNUM_STREAMING": "off"}, "on": {}}.items():
            row[name] = _pair(machine, functions, version, source, event, settings, plan)
    return row


def _pair(
    machine: Machine,
    functions: Functions,
    version: str,
    source: str,
    event: dict[str, Any],
    settings: dict[str, str],
    plan: Plan,
) -> dict[str, Any]:
    """Milliseconds until the reader is done, and of CPU time of both, for one run."""
    own = {"UNUM_TABLE": "fields"} | machine.plain_endpoint
    reader = functions.start(OURS, version, sources.TAKES_ALL, own)
    writer = functions.start(OURS, version, source, own | settings | {"UNUM_NEXT": reader})
    environments = [*functions.of(reader), *functions.of(writer)]
    totals, used = [], []
    for run in range(plan.scaling_runs + 1):
        before = sum(environment.cpu_ms() for environment in environments)
        machine.stub.send(writer, event)
        wrote, read = machine.stub.take_done(writer)[0], machine.stub.take_done(reader)[0]
        machine.stub.ready(writer)
        machine.stub.ready(reader)
        if run:
            totals.append((max(wrote.answered_ns, read.answered_ns) - wrote.handed_ns) / 1e6)
            used.append(sum(environment.cpu_ms() for environment in environments) - before)
    machine.stub.take_log()
    return {"ms": spread.of(totals), "cpu_ms": spread.of(used)}


def _stages(machine: Machine, plan: Plan, version: str, count: int) -> dict[str, Any]:
    compared = chain.compare(machine, version, chain.Shape(count, 5, 20), plan.scaling_runs)
    return {"stages": count, "ms": compared["ms"], "bound_ms": compared["bound_ms"]}


def _chains(machine: Machine, plan: Plan, version: str) -> list[dict[str, Any]]:
    """Two stages with three fields of 20 ms; so many chains at once, each in environments of its own."""
    shape = chain.Shape(2, 3, 20)
    rows = []
    with Functions(machine) as functions:
        stages = chain.start(machine, functions, version, shape, {}, max(plan.chains_at_once))
        _at_once(machine, functions, stages, max(plan.chains_at_once))
        for count in plan.chains_at_once:
            runs = [_at_once(machine, functions, stages, count) for _ in range(plan.scaling_runs)]
            rows.append(
                {
                    "chains": count,
                    "ms": spread.of([one for times, _ in runs for one in times]),
                    "cpu_ms": spread.of([used / count for _, used in runs]),
                    "bound_ms": chain.bound(shape)[-1][1],
                }
            )
    return rows


def _at_once(
    machine: Machine, functions: Functions, stages: list[str], count: int
) -> tuple[list[float], float]:
    """Milliseconds of each chain by the order in which they end, and of CPU time of them all."""
    before = functions.cpu_ms()
    _times(lambda: machine.stub.send(stages[0], {}), count)
    first = machine.stub.take_done(stages[0], count)
    last = machine.stub.take_done(stages[-1], count)
    for name in stages:
        functions.wait(name)
    used = functions.cpu_ms() - before
    machine.stub.take_log()
    begun = sorted(one.queued_ns for one in first)
    ended = sorted(one.answered_ns for one in last)
    return [(end - begin) / 1e6 for begin, end in zip(begun, ended, strict=True)], used


def _times(do: Callable[[], None], count: int) -> None:
    for _ in range(count):
        do()
