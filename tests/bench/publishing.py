"""How long a publish holds up the handler.

The transformer puts the publish at the end of the line that makes a field final, so a clock read in the line above and one
in the line below take its time from within the handler. The same handler with streaming off gives what clock and
assignment take themselves; its median is subtracted. The floor is a handler that encodes the same values and writes them to
a pipe.
"""

from __future__ import annotations

from typing import Any

import sources
import spread
from plan import Plan
from sides import OURS, STREAMING, Functions, Machine

FIELDS = 20
PAUSE_MS = 2


def measure(machine: Machine, plan: Plan) -> dict[str, Any]:
    """Microseconds for each publish of a value of 1 KB, by the store's latency and the pause between two."""
    machine.stub.new_sink("sink")
    cases = [(store_ms, PAUSE_MS) for store_ms in plan.publish_store_ms] + [(plan.publish_store_ms[-1], 0)]
    rows = [_publish(machine, plan, store_ms, pause_ms) for store_ms, pause_ms in cases]
    # `times` is a field of its own.
    return {"version": plan.version, "rows": rows, "fields": FIELDS + 1}


def _publish(machine: Machine, plan: Plan, store_ms: float, pause_ms: float) -> dict[str, Any]:
    machine.stub.set_latency(store_ms, 10)
    source = sources.publishes(FIELDS, pause_ms)
    settings = STREAMING | machine.plain_endpoint
    as_written = settings | {"UNUM_STREAMING": "off"}
    with Functions(machine) as functions:
        on = functions.start(OURS, plan.version, source, settings)
        off = functions.start(OURS, plan.version, source, as_written)
        floor = functions.start(OURS, plan.version, sources.hands_over(FIELDS, pause_ms), as_written)
        times: dict[str, list[list[float]]] = {on: [], off: [], floor: []}
        machine.stub.take_log()
        for run in range(plan.publish_invocations + 1):
            for name, lists in times.items():
                taken = machine.stub.invoke(name, {}).result["times"]
                if run:
                    lists.append([ns / 1000 for ns in taken])
    writes = len(machine.stub.take_log().writes) / (plan.publish_invocations + 1)
    nothing = spread.median([us for one in times[off] for us in one])
    return {
        "store_ms": store_ms,
        "pause_ms": pause_ms,
        "us": spread.of([max(0.0, us - nothing) for one in times[on] for us in one]),
        "first_us": spread.of([max(0.0, one[0] - nothing) for one in times[on]]),
        "floor_us": spread.of([us for one in times[floor] for us in one]),
        "subtracted_us": nothing,
        "writes": writes,
    }
