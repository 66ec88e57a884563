"""From the start of a process to its first `/next`."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Mapping
from typing import Any

import sources
import spread
from plan import Plan
from sides import CLIENT, OURS, RIVAL, SMALLEST, STREAMING, Functions, Machine

OFF = f"{OURS}, as written"
FLOOR = "interpreter and handler"


Took = tuple[float, float]
"""Milliseconds by the clock, and of CPU time of all processes."""


def measure(machine: Machine, plan: Plan) -> list[dict[str, Any]]:
    """By version and handler: milliseconds of each side, one start of each in turn: to the first `/next`, where no event
    waits, and to the end of the first answer, where one does."""
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
        CLIENT: (CLIENT, {}),
    }
    taken: dict[str, list[Took]] = {name: [] for name in (*sides, FLOOR)}
    answered: dict[str, list[float]] = {name: [] for name in sides}
    # The first of each reads files that were not in memory yet.
    for run in range(runs + 1):
        for name, (side, settings) in sides.items():
            took = _start(machine, side, version, source, settings)
            # Here they do get to a request.
            plain = machine.plain_endpoint if settings else {}
            answer = _first_answer(machine, side, version, source, {**settings, **plain})
            if run:
                taken[name].append(took)
                answered[name].append(answer)
        took = _floor(machine, version, source)
        if run:
            taken[FLOOR].append(took)
    return {
        "version": version,
        "handler": handler,
        "ms": {name: spread.of([wall for wall, _ in every]) for name, every in taken.items()},
        "by_rival": spread.against(
            {name: [wall for wall, _ in every] for name, every in taken.items()}, RIVAL
        ),
        "cpu_ms": {name: spread.of([cpu for _, cpu in every]) for name, every in taken.items()},
        "answer_ms": {name: spread.of(every) for name, every in answered.items()},
    }


def _start(machine: Machine, side: str, version: str, source: str, settings: Mapping[str, str]) -> Took:
    with Functions(machine) as functions:
        name = functions.start(side, version, source, settings)
        environment = functions.of(name)[0]
        used = environment.cpu_ms()
        return (machine.stub.ready(name)[0] - environment.started_ns) / 1e6, used


def _first_answer(
    machine: Machine, side: str, version: str, source: str, settings: Mapping[str, str]
) -> float:
    with Functions(machine) as functions:
        name = functions.start(side, version, source, settings, event=sources.ORDER_EVENT)
        return (machine.stub.take_done(name)[0].answered_ns - functions.of(name)[0].started_ns) / 1e6


def _floor(machine: Machine, version: str, source: str) -> Took:
    """An interpreter that imports the handler's module and ends at once: no runtime can be ready before."""
    command = [machine.interpreter(version), "-c", "import app, os; os._exit(0)"]
    variables = {"LANG": "en_US.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    used, begun = _used_by_children(), time.monotonic_ns()
    subprocess.run(command, env=variables, cwd=machine.task(source), check=True)
    return (time.monotonic_ns() - begun) / 1e6, _used_by_children() - used


def _used_by_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000
