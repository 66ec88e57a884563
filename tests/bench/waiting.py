"""How long after a field is readable its reader has it, and how often the store was asked until then.

Nobody writes the fields: the server lets each appear at a time of its own, so that only the reader is measured. A reader waits
about as long each time, a tenth more or less, as readers of the same source do; the first time, which opens connections, does
not count. The source tells when the field came in its latest invocations. Longer waits are measured three times: where few came
before for both, where a reader has learned what it can, and where a new reader has a source that has run often.
"""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sources
import spread
from plan import Plan, Wait
from sides import OURS, Functions, Machine

STORE_MS = 4
# What the source's invocations may take, in seconds, and how many of them it tells of.
SOURCE_TIME = 900
MOST_TOLD = 64
JITTER = 0.1
# What waits of so many seconds may cost on average.
ALLOWED_READS = {1: 60, 10: 120}


def measure(machine: Machine, plan: Plan) -> dict[str, Any]:
    """By length of the wait: milliseconds of lag, and reads; all readers at once."""
    version = plan.version
    machine.stub.set_latency(STORE_MS, 10)
    settings = {"UNUM_TABLE": "fields"} | machine.plain_endpoint
    with Functions(machine) as functions:
        readers = [
            (wait, functions.start(OURS, version, sources.READER, settings))
            for wait in plan.waits
            for _ in range(wait.environments)
        ]
        with ThreadPoolExecutor(len(readers)) as threads:
            found = list(threads.map(lambda reader: _read(machine, *reader), readers))
    reads = machine.stub.take_log().reads
    rows = []
    for wait in plan.waits:
        samples = [sample for one, samples in found for sample in samples if one is wait]
        rows.append(
            {
                "seconds": wait.seconds,
                "before": wait.before,
                "source_before": wait.source_before,
                "runs": wait.runs,
                "lag_ms": spread.of([lag for _, _, lag in samples]),
                "reads": spread.of([reads[stream]["requests"] for stream, _, _ in samples]),
                "mean_reads": sum(reads[stream]["requests"] for stream, _, _ in samples) / len(samples),
                "samples": [(waited, lag) for _, waited, lag in samples],
            }
        )
    return {"version": version, "store_ms": STORE_MS, "rows": rows}


def floor_ms(seconds: float, share: float, store_ms: float) -> float:
    """The lag that this share of waits can stay below, for a reader that knows by how much they vary and nothing else.

    Its reads go on evenly while the field may come, one after the other; on average it comes after half of them. Then there is
    the answer's way.
    """
    (short, few), (long, many) = ALLOWED_READS.items()
    allowed = few + (many - few) * max(0, seconds - short) / (long - short)
    between_ms = max(store_ms, JITTER * seconds * 1000 / allowed)
    return share * between_ms + store_ms / 2


def _read(machine: Machine, wait: Wait, name: str) -> tuple[Wait, list[tuple[str, float, float]]]:
    """Stream, seconds waited and milliseconds of lag, for each run."""
    choose = random.Random(name)
    samples = []
    lengths = [_length(wait, choose) for _ in range(wait.source_before)]
    for run in range(wait.before + wait.runs):
        stream = f"session/source/{name}-{run}"
        length = _length(wait, choose)
        event = _event(stream, lengths)
        lengths.append(length)
        readable_ns = time.monotonic_ns() + int(length * 1e9)
        machine.stub.place(stream, "late", run, readable_ns)
        done = machine.stub.invoke(name, event)
        assert done.result["value"] == run, done
        if run >= wait.before:
            samples.append((stream, length, (done.result["at"] - readable_ns) / 1e6))
    return wait, samples


def _length(wait: Wait, choose: random.Random) -> float:
    return wait.seconds * choose.uniform(1 - JITTER, 1 + JITTER)


def _event(stream: str, lengths: list[float]) -> dict[str, Any]:
    """As docs/protocol.md has it, of a source in whose earlier invocations the field took so many seconds."""
    reference = {"__unum_future__": True, "session": "session", "key": "late", "source": "source"}
    envelope: dict[str, Any] = {
        "v": 2,
        "session": "session",
        "source": "source",
        "run": "run",
        "stream": stream,
        "futures": ["late"],
    }
    envelope["deadline_ms"] = int((time.time() + SOURCE_TIME) * 1000)
    if lengths:
        left_ms = [round((SOURCE_TIME - length) * 1000) for length in lengths[-MOST_TOLD:]]
        envelope["rhythm"] = [["late", left_ms]]
    return {"early": 1, "late": reference, "__unum__": envelope}
