"""How long a publish holds up the handler.

The transformer puts the publish at the end of the line that makes a field final, so a clock read in the line above and one
in the line below take its time from within the handler. The same handler with streaming off gives what clock and
assignment take themselves; its median is subtracted.
"""

from __future__ import annotations

from typing import Any

import sources
import spread
from plan import Plan
from sides import OURS, STREAMING, Functions, Machine

FIELDS = 20


def measure(machine: Machine, plan: Plan) -> dict[str, Any]:
    """Microseconds for each publish of a value of 1 KB, by the store's latency; the first one starts next."""
    version = plan.version
    source = sources.publishes(FIELDS)
    machine.stub.new_sink("sink")
    settings = STREAMING | machine.plain_endpoint
    rows = []
    with Functions(machine) as functions:
        on = functions.start(OURS, version, source, settings)
        off = functions.start(OURS, version, source, settings | {"UNUM_STREAMING": "off"})
        for store_ms in plan.publish_store_ms:
            machine.stub.set_latency(store_ms, 10)
            times: dict[str, list[list[float]]] = {on: [], off: []}
            for run in range(plan.publish_invocations + 1):
                for name, lists in times.items():
                    taken = machine.stub.invoke(name, {}).result["times"]
                    if run:
                        lists.append([ns / 1000 for ns in taken])
            nothing = spread.median([us for one in times[off] for us in one])
            rows.append(
                {
                    "store_ms": store_ms,
                    "us": spread.of([max(0.0, us - nothing) for one in times[on] for us in one]),
                    "first_us": spread.of([max(0.0, one[0] - nothing) for one in times[on]]),
                    "subtracted_us": nothing,
                }
            )
    writes = len(machine.stub.take_log().writes)
    invocations = (plan.publish_invocations + 1) * len(plan.publish_store_ms)
    # `times` is a field of its own.
    return {"version": version, "rows": rows, "fields": FIELDS + 1, "writes": writes / invocations}
