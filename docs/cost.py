"""What runs of a chain cost, from the records that its functions leave at UNUM_LOG=debug; docs/cost.md explains.

    sam logs --stack-name YOUR_STACK | python3 docs/cost.py - --memory-mb 512

Each file is read by itself, and the runs in it are averaged. The list prices are those of us-east-1 in 2025, on
demand, x86_64, in US dollars: give your own. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = re.compile(r'\{(?:\s|\\+[nrt])*(?P<escape>\\*)"unum_streaming(?P=escape)"\s*:')
# Up to the closing quote, or to what no string of JSON holds: the log was cut off there.
REST_OF_STRING = re.compile(r'[^"\\\x00-\x1f]*(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*)*')
# What DynamoDB counts besides the value: names of attributes, stream, expiry. An estimate, upwards.
ITEM_OVERHEAD_BYTES = 250
# Of the name and the value of a field that shares an item.
LIST_OVERHEAD_BYTES = 2
WRITE_UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096
RUNS = 1_000_000
COLUMNS = (
    "",
    "requests",
    "writes",
    "write units",
    "reads",
    "read units",
    "billed ms",
    "$ store",
    "$ time",
    "$ requests",
)


@dataclass(frozen=True)
class Prices:
    write_unit: float
    read_unit: float
    gb_second: float
    request: float
    memory_gb: float


@dataclass(frozen=True)
class Use:
    """Of one run, on average."""

    requests: float
    writes: float
    write_units: float
    reads: float
    read_units: float
    billed_ms: float

    def dollars(self, prices: Prices) -> tuple[float, float, float]:
        """For a million runs: the field store, Lambda's time, Lambda's requests."""
        store = self.write_units * prices.write_unit + self.read_units * prices.read_unit
        time = self.billed_ms / 1000 * prices.memory_gb * prices.gb_second
        return RUNS * store, RUNS * time, RUNS * self.requests * prices.request


def records_in(log: str) -> Iterator[tuple[int, Any]]:
    """Where each record begins, and what stands under its key: None where that cannot be read.

    A record may be on a line, over several lines, or in a string of JSON, as tools hand out logs.
    """
    at = 0
    while key := KEY.search(log, at):
        begin, at = key.span()
        try:
            if key["escape"]:
                # What is escaped is a log of its own: it may hold many records, and strings of JSON.
                rest = REST_OF_STRING.match(log, begin)[0]
                at = max(at, begin + len(rest))
                yield from ((begin, record) for _, record in records_in(json.loads(f'"{rest}"')))
                continue
            # What follows a record is the log's own, such as a colour's end.
            found, at = json.JSONDecoder().raw_decode(log, begin)
            if len(found) == 1:
                yield begin, found["unum_streaming"]
        except (ValueError, RecursionError):
            yield begin, None


def use_of(log: str, name: str) -> Use:
    """`name` is what errors call the log."""
    sessions, invocations, damaged = set(), [], []
    for begin, record in records_in(log):
        try:
            invocations.append(_of_invocation(record))
            sessions.add(str(record["session"]))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            damaged.append(begin)
    if damaged:
        first = f"{name}:{1 + log.count(chr(10), 0, damaged[0])}"
        if not invocations:
            raise SystemExit(f"no record in {name} can be read; the first is at {first}")
        records = "1 damaged record" if len(damaged) == 1 else f"{len(damaged)} damaged records"
        print(f"{records} left out of {name}; the first, at {first}", file=sys.stderr)
    if not invocations:
        raise SystemExit(f"{name}: no record of this layer; the functions need UNUM_LOG=debug")
    return Use(*(sum(values) / len(sessions) for values in zip(*invocations, strict=True)))


def _of_invocation(record: dict[str, Any]) -> tuple[float, ...]:
    store = record["store"]
    # What was written together is in one item, and was acknowledged at one time.
    items: dict[float, int] = {}
    values = 0
    for field in record["published"]:
        if field["stored_ms"] is not None:
            size = len(field["field"].encode()) + LIST_OVERHEAD_BYTES + field["bytes"]
            items[field["stored_ms"]] = items.get(field["stored_ms"], 0) + size
            values += field["bytes"]
    # Of what is not a field's, a mark is small, and a result that is recorded may be large.
    others = max(0, store["writes"] - len(items))
    other_bytes = max(0, store["bytes_written"] - values) + others * ITEM_OVERHEAD_BYTES
    units = sum(math.ceil((size + ITEM_OVERHEAD_BYTES) / WRITE_UNIT_BYTES) for size in items.values())
    return (
        1,
        store["writes"],
        units + max(others, math.ceil(other_bytes / WRITE_UNIT_BYTES)),
        store["reads"],
        store["reads"] + store["bytes_read"] // READ_UNIT_BYTES,
        math.ceil(record["ended_ms"] - record["received_ms"]),
    )


def table(rows: list[tuple[str, Use]], prices: Prices) -> Iterator[str]:
    cells = [COLUMNS]
    for name, use in rows:
        counts = (use.requests, use.writes, use.write_units, use.reads, use.read_units)
        dollars = use.dollars(prices)
        cells.append(
            (name, *(f"{n:.0f}" for n in counts), f"{use.billed_ms:.0f}", *(f"{d:.2f}" for d in dollars))
        )
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])


def text_of(name: str) -> str:
    try:
        log = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise SystemExit(f"{name} cannot be read: {error.strerror}") from None
    # What is no record is the user's own, and may be in any encoding.
    return log.decode(errors="replace")


def amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number from 0 on")
    return number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("logs", nargs="+", help="files with the functions' logs; - for the standard input")
    parser.add_argument("--memory-mb", type=amount, default=512, help="of each function [512]")
    parser.add_argument("--write-unit", type=amount, default=0.625, help="$ for a million [0.625]")
    parser.add_argument(
        "--read-unit", type=amount, default=0.125, help="$ for a million, 4 KB consistent [0.125]"
    )
    parser.add_argument("--gb-second", type=amount, default=16.6667, help="$ for a million [16.6667]")
    parser.add_argument("--request", type=amount, default=0.2, help="$ for a million [0.2]")
    chosen = parser.parse_args()
    if sys.stdout is None:
        raise SystemExit("there is no standard output to print to")
    per_one = (
        price / 1e6 for price in (chosen.write_unit, chosen.read_unit, chosen.gb_second, chosen.request)
    )
    rows = [(Path(name).stem, use_of(text_of(name), name)) for name in chosen.logs]
    for line in table(rows, Prices(*per_one, chosen.memory_mb / 1024)):
        print(line.rstrip())
    print("Units and milliseconds are those of one run, dollars those of a million.")


if __name__ == "__main__":
    main()
