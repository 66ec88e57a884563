"""What all processes of an environment hold after one invocation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sources
import spread
from plan import Plan
from sides import OURS, RIVAL, SMALLEST, STREAMING, Functions, Machine

KINDS = ("Rss", "Pss")


def measure(machine: Machine, plan: Plan) -> dict[str, Any]:
    """KB by side, and what TLS adds, which the server does not speak."""
    machine.stub.new_sink("sink")
    sides: dict[str, tuple[str, Mapping[str, str]]] = {
        RIVAL: (RIVAL, {}),
        OURS: (OURS, STREAMING | machine.plain_endpoint),
        SMALLEST: (SMALLEST, {}),
    }
    endpoints: dict[str, tuple[str, Mapping[str, str]]] = {
        "plain": (OURS, {"UNUM_TABLE": "fields"} | machine.plain_endpoint),
        "TLS": (OURS, {"UNUM_TABLE": "fields"} | machine.tls_endpoint),
    }
    runs = [_used(machine, plan.version, sides) for _ in range(plan.memory_runs)]
    ready = [_used(machine, plan.version, endpoints) for _ in range(plan.memory_runs)]
    machine.stub.take_log()
    return {
        "version": plan.version,
        "kb": {
            side: {kind: spread.of([_total(run[side], kind) for run in runs]) for kind in KINDS}
            for side in sides
        },
        "rss_kb_by_process": {
            f"{side}: {process}": spread.median([run[side][place][1]["Rss"] for run in runs])
            for side in sides
            for place, (process, _) in enumerate(runs[0][side])
        },
        "tls_kb": spread.median([_total(run["TLS"], "Rss") - _total(run["plain"], "Rss") for run in ready]),
    }


Processes = list[tuple[str, dict[str, int]]]


def _used(
    machine: Machine, version: str, sides: Mapping[str, tuple[str, Mapping[str, str]]]
) -> dict[str, Processes]:
    """All at once, so that PSS shares out the same mappings."""
    source = sources.order()
    with Functions(machine) as functions:
        names = {
            name: functions.start(side, version, source, settings) for name, (side, settings) in sides.items()
        }
        for function in names.values():
            machine.stub.invoke(function, sources.ORDER_EVENT)
            functions.wait(function)
        return {name: list(functions.of(function)[0].memory_kb()) for name, function in names.items()}


def _total(processes: Processes, kind: str) -> int:
    return sum(kilobytes[kind] for _, kilobytes in processes)
