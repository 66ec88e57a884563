"""From the start of a process to its first `/next`."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from typing import Any

import sources
import spread
from plan import Plan
from sides import OURS, RIVAL, SMALLEST, STREAMING, Functions, Machine

OFF = f"{OURS}, as written"
FLOOR = "interpreter and handler"


def measure(machine: Machine, plan: Plan) -> list[dict[str, Any]]:
    """By version and handler: milliseconds of each side, one start of each in turn."""
    machine.stub.new_sink("sink")
    rows = []
    for version in plan.versions:
        for handler, source in _handlers().items():
            rows.append(_starts(machine, version, handler, source, plan.cold_starts))
    return rows


def _handlers() -> dict[str, str]:
    return {
        "300 lines, no imports": sources.order(),
        "300 lines, usual imports": sources.order(imports=sources.USUAL_IMPORTS),
    }


def _starts(machine: Machine, version: str, handler: str, source: str, runs: int) -> dict[str, Any]:
    # On Lambda the endpoints speak TLS, so clients and roots are made ready for that; no request gets that far here.
    streaming = STREAMING | machine.tls_endpoint
    sides: dict[str, tuple[str, Mapping[str, str]]] = {
        RIVAL: (RIVAL, {}),
        OURS: (OURS, streaming),
        OFF: (OURS, streaming | {"UNUM_STREAMING": "off"}),
        SMALLEST: (SMALLEST, {}),
    }
    times: dict[str, list[float]] = {name: [] for name in (*sides, FLOOR)}
    for run in range(runs + 1):
        for name, (side, settings) in sides.items():
            took = _start(machine, side, version, source, settings)
            # The first of each reads files that were not in memory yet.
            if run:
                times[name].append(took)
        took = _floor(machine, version, source)
        if run:
            times[FLOOR].append(took)
    return {
        "version": version,
        "handler": handler,
        "ms": {name: spread.of(values) for name, values in times.items()},
    }


def _start(machine: Machine, side: str, version: str, source: str, settings: Mapping[str, str]) -> float:
    with Functions(machine) as functions:
        name = functions.start(side, version, source, settings)
        asked = machine.stub.ready(name)[0]
        return (asked - functions.of(name)[0].started_ns) / 1e6


def _floor(machine: Machine, version: str, source: str) -> float:
    """An interpreter that imports the handler's module and ends at once: no runtime can be ready before."""
    command = [machine.interpreter(version), "-c", "import app, os; os._exit(0)"]
    variables = {"LANG": "en_US.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    begun = time.monotonic_ns()
    subprocess.run(command, env=variables, cwd=machine.task(source), check=True)
    return (time.monotonic_ns() - begun) / 1e6
