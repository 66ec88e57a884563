"""The handlers that are measured, as source text."""

from __future__ import annotations

ECHO = '''"""Gives back what it got."""


def handler(event, context):
    return event
'''

RETURNS_A_MEGABYTE = '''"""Returns about 1 MB for any event."""

RECORDS = [{"id": n, "name": f"record {n}", "values": [n, n / 3, n / 7], "ok": n % 2 == 0} for n in range(11_000)]


def handler(event, context):
    return {"records": RECORDS}
'''

READER = '''"""Reads one field that is on its way, and tells when it had it."""

from time import monotonic_ns


def handler(event, context):
    value = event["late"]
    at = monotonic_ns()
    return {"value": value, "at": at}
'''

TAKES_ALL = '''"""Reads every field."""


def handler(event, context):
    return {"fields": len(dict(event))}
'''

_SECTION = """
    # Part {n}: the lines of one kind, and what they come to.
    rows_{n} = [line for line in event["lines"] if line["kind"] == {n} and line.get("quantity", 0) > 0]
    if not rows_{n}:
        log("nothing of kind {n} in", event["order"])
    score_{n} = rate(rows_{n}, weight=1.0 / (1 + {n}))
    try:
        score_{n}["share"] = score_{n}["total"] / len(rows_{n})
    except ZeroDivisionError as error:
        log(f"kind {n} of {event['order']}: {error}")
        score_{n}["share"] = 0.0
    for row in rows_{n}:
        total += row["price"] * row["quantity"]
"""

_ORDER = '''"""Scores an order and tells what it found."""
{imports}

def log(*words):
    print(*words)


def mean(values):
    return sum(values) / len(values) if values else 0.0


def rate(rows, weight=1.0):
    total = 0.0
    for row in rows:
        total += row["price"] * row.get("quantity", 1) * weight
    return {{"total": total, "mean": mean([row["price"] for row in rows])}}


def handler(event, context):
    """One order in, its scores out."""
    total = 0.0
{sections}
    return {{
        "order": event["order"],
{fields}
        "total": total,
    }}
'''

# What most handlers import in any case.
USUAL_IMPORTS = "\nimport datetime\nimport decimal\nimport json\nimport logging\nimport os\nimport re\n"


def order(lines: int = 300, imports: str = "") -> str:
    """A handler of about so many lines, as people write them; a third of its sections are fields of the result."""
    sections = (lines - 40) // (_SECTION.count("\n"))
    parts = [_SECTION.replace("{n}", str(n)) for n in range(sections)]
    fields = [f'        "score_{n}": score_{n},' for n in range(0, sections, 3)]
    return _ORDER.format(imports=imports, sections="".join(parts), fields="\n".join(fields))


ORDER_EVENT = {"order": "o-1", "lines": [{"kind": n, "quantity": 1, "price": 2.5} for n in range(20)]}

_PUBLISHES = '''"""Publishes values of 1 KB; takes the time around each assignment, which ends with the publish."""

from time import perf_counter_ns, sleep


def make(n):
    return {{"n": n, "text": "t" * 700, "values": [n + i / 7 for i in range(12)]}}


def handler(event, context):
    values = [make(n) for n in range({fields})]
    times = []
{assignments}
    return {{
{members}
        "times": times,
    }}
'''

_ASSIGNMENT = """    sleep({pause})
    begin = perf_counter_ns()
    p{n} = values.pop()
    times.append(perf_counter_ns() - begin)
"""


def publishes(fields: int, pause_ms: float) -> str:
    """Between two publishes it waits, as for a service that is asked: the processor's caches are others' meanwhile."""
    numbers = range(fields)
    return _PUBLISHES.format(
        fields=fields,
        assignments="".join(_ASSIGNMENT.format(n=n, pause=pause_ms / 1000) for n in numbers),
        members="\n".join(f'        "p{n}": p{n},' for n in numbers),
    )


_HANDS_OVER = '''"""The same values, each encoded and written to a pipe whose reader sleeps: no publish can take less."""

import json
import os
from time import perf_counter_ns, sleep


def handler(event, context):
    values = [{{"n": n, "text": "t" * 700, "values": [n + i / 7 for i in range(12)]}} for n in range({fields})]
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(write)
        while os.read(read, 1 << 16):
            pass
        os._exit(0)
    times = []
    for value in values:
        sleep({pause})
        begin = perf_counter_ns()
        os.write(write, json.dumps(value).encode())
        times.append(perf_counter_ns() - begin)
    os.close(read)
    os.close(write)
    os.waitpid(child, 0)
    return {{"times": times}}
'''


def hands_over(fields: int, pause_ms: float) -> str:
    return _HANDS_OVER.format(fields=fields, pause=pause_ms / 1000)


_STAGE = '''"""A stage of a chain: each field takes the same field of the stage before, some time, and grows by one."""

import os
import time

WORK_S = float(os.environ["WORK_MS"]) / 1000


def work(event, name):
    before = event[name]["n"] if name in event else 0
    time.sleep(WORK_S)
    return {{"n": before + 1, "text": "t" * 900}}


def handler(event, context):
{assignments}
    return {{
{members}
    }}
'''


def stage(fields: int) -> str:
    numbers = range(fields)
    return _STAGE.format(
        assignments="\n".join(f'    f{n} = work(event, "f{n}")' for n in numbers),
        members="\n".join(f'        "f{n}": f{n},' for n in numbers),
    )


_MANY = '''"""Computes many fields, and does nothing else but wait a little after the first."""

import time


def make(n, size):
    return f"{{n}} " + "t" * size


def handler(event, context):
    size = event["size"]
{assignments}
    return {{
{members}
    }}
'''


def many(fields: int, pause_s: float = 0) -> str:
    """Its event is `{"size": bytes of each field}`."""
    assignments = [f"    f{n} = make({n}, size)" for n in range(fields)]
    if pause_s:
        assignments.insert(1, f"    time.sleep({pause_s})")
    return _MANY.format(
        assignments="\n".join(assignments),
        members="\n".join(f'        "f{n}": f{n},' for n in range(fields)),
    )
