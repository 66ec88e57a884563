"""Invocations of a running environment: from the event's first byte to the response's last."""

from __future__ import annotations

import json
from typing import Any

import sources
import spread
from plan import Plan
from sides import CLIENT, OURS, RELAYED, RIVAL, SMALLEST, Functions, Machine

WARM_UP = 5


def measure(machine: Machine, plan: Plan) -> dict[str, Any]:
    """By case: milliseconds of each side, one invocation of each in turn."""
    version = plan.version
    # A function at the end of a chain: it has a table and nobody to pass its result to.
    ours = {"UNUM_TABLE": "fields"} | machine.plain_endpoint
    cases = {
        "100 B": (sources.ECHO, event_of(100)),
        "10 KB": (sources.ECHO, event_of(10_000)),
        "1 MB": (sources.ECHO, event_of(1_000_000)),
        "1 MB returned": (sources.RETURNS_A_MEGABYTE, event_of(100)),
    }
    rows, ratios = {}, {}
    for case, rounds in plan.warm_rounds.items():
        source, event = cases[case]
        with Functions(machine) as functions:
            names = {
                side: functions.start(side, version, source, ours if side == OURS else {})
                for side in (RIVAL, OURS, CLIENT, RELAYED, SMALLEST)
            }
            machine.stub.rounds(list(names.values()), WARM_UP, event)
            times = machine.stub.rounds(list(names.values()), rounds, event)
        taken = {side: times[name] for side, name in names.items()}
        rows[case] = {side: spread.of(every) for side, every in taken.items()}
        ratios[case] = {other: spread.against(taken, other) for other in (RIVAL, SMALLEST)}
    return {"version": version, "ms": rows, "ratios": ratios}


def event_of(size: int) -> str:
    """JSON of about so many bytes: records with numbers, text and flags."""
    records: list[dict[str, Any]] = []
    text = json.dumps({"records": records})
    length = len(text)
    while length < size - 60:
        number = len(records)
        record = {"id": number, "name": f"record {number}", "value": number / 7, "ok": number % 2 == 0}
        records.append(record)
        length += len(json.dumps(record)) + 2
    return json.dumps({"records": records, "pad": "p" * max(0, size - length - 11)})
