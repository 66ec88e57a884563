"""docs/benchmarks.md and its charts, from the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import charts
import machine_facts
import prices
import targets
from sides import CLIENT, OURS, RELAYED, RIVAL, SMALLEST

Results = dict[str, Any]
CHARTS = ("cold_start", "warm", "waiting", "chain", "scaling")


def write(results: Results, folder: Path) -> None:
    """`folder` is docs/: the page, and a folder of charts beside it."""
    pictures = folder / "benchmarks"
    pictures.mkdir(parents=True, exist_ok=True)
    for name in CHARTS:
        if name in results:
            (pictures / f"{name}.svg").write_text(getattr(charts, name)(results[name]))
    (folder / "benchmarks.md").write_text(page(results))


def page(results: Results) -> str:
    sections = [_head(results), _targets(results)]
    for name, section in _SECTIONS.items():
        if name in results:
            sections.append(section(results[name]))
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _head(results: Results) -> Iterator[str]:
    facts = results["machine"]
    yield "# Benchmarks"
    yield ""
    yield (
        f"Made by `make bench` on {facts['date']}: {facts['processor']}, {facts['cores']} cores, "
        f"{facts['memory_gb']} GB, {facts['kernel']}. Do not edit: run it again."
    )
    if facts["busy"] > machine_facts.QUIET:
        yield ""
        yield (
            f"**The machine was not quiet**: other work took {facts['busy']:.0%} of it when this began. "
            "Ratios hold roughly, times are too long."
        )
    yield ""
    yield (
        f"`{RIVAL}` is AWS's own Python runtime, 4.2.2 from PyPI, started as Lambda starts it. `{SMALLEST}` is "
        f"the least Python that could answer: a socket, `json`, the handler. `{RELAYED}` is the same behind the least "
        f"process that talks to Lambda for it, for this layer, too, is two processes. `{CLIENT}` is that process made of what a "
        "layer in Rust is made of: tokio, and the client that `lambda_runtime` has. All sides take turns, one start or one "
        "invocation each, so that whatever else the machine does meets them alike. Times are taken by the server "
        "that stands for Lambda and DynamoDB (`tests/bench/server`): from the first byte of an event to the last of "
        "the response. Figures are medians; the middle half of the runs is in brackets. How one side is by another is the median of "
        "the rounds' ratios."
    )


def _targets(results: Results) -> Iterator[str]:
    rows = targets.rows(results)
    met = sum(row.met for row in rows)
    out_of_reach = sum(row.verdict == "out of reach" for row in rows)
    yield "## Targets"
    yield ""
    yield (
        f"{met} of {len(rows)} are met. Of the others, {out_of_reach} are out of reach: what stands beside them was measured "
        "in the same run, does less than any runtime has to do, and misses the target, too."
    )
    yield ""
    yield from _table(
        ("what", "target", "measured", "", "beside it"),
        [
            (
                row.what,
                row.target,
                row.measured,
                "**missed**" if row.verdict == "missed" else row.verdict,
                row.beside,
            )
            for row in rows
        ],
    )


def _cold_start(rows: list[dict[str, Any]]) -> Iterator[str]:
    names = list(rows[0]["ms"])
    yield "## Cold start"
    yield ""
    yield "![Cold start](benchmarks/cold_start.svg)"
    yield ""
    yield (
        "Milliseconds from the start of the process to the first `/next`, handler of 300 lines, table and next "
        f'configured; {rows[0]["ms"][OURS]["runs"]} starts of each. "As written" is the same with '
        "`UNUM_STREAMING=off`: what the transformation adds is the difference. No runtime can be ready before an "
        f"interpreter has imported the handler, which is the last column; `{CLIENT}` imports it and asks for an event, and "
        "can do nothing else yet."
    )
    yield ""
    yield from _table(
        ("Python", "handler", *names),
        [(row["version"], row["handler"], *(_spread(row["ms"][name]) for name in names)) for row in rows],
    )
    yield ""
    yield (
        "CPU time of the same, all processes together. A function with less than 1,769 MB has less than one processor: "
        "there it is this that takes the time, and nothing runs beside anything."
    )
    yield ""
    yield from _table(
        ("Python", "handler", *names),
        [
            (row["version"], row["handler"], *(_number(row["cpu_ms"][name]["p50"]) for name in names))
            for row in rows
        ],
    )
    yield ""
    yield (
        "Milliseconds from the start of the process to the end of its first answer, where an event waits already: 20 lines "
        "of an order. The layer loads its publisher while it asks for the event, and with streaming on it writes "
        "fields and invokes next; the others have no such work."
    )
    yield ""
    answered = list(rows[0]["answer_ms"])
    yield from _table(
        ("Python", "handler", *answered),
        [
            (row["version"], row["handler"], *(_spread(row["answer_ms"][name]) for name in answered))
            for row in rows
        ],
    )


def _warm(results: dict[str, Any]) -> Iterator[str]:
    yield "## Warm invocation"
    yield ""
    yield "![Warm invocation](benchmarks/warm.svg)"
    yield ""
    yield f"Milliseconds, Python {results['version']}; a function at the end of a chain, with a table."
    yield ""
    sides = (RIVAL, OURS, CLIENT, RELAYED, SMALLEST)
    yield from _table(
        ("event", "runs", *sides, "ours × awslambdaric", "p99, ours", f"p99, {RIVAL}"),
        [
            (
                case if "returned" in case else f"{case} echoed",
                times[OURS]["runs"],
                *(_spread(times[side]) for side in sides),
                f"{results['ratios'][case][RIVAL][OURS]:.2f}",
                _number(times[OURS]["p99"]),
                _number(times[RIVAL]["p99"]),
            )
            for case, times in results["ms"].items()
        ],
    )


def _memory(results: dict[str, Any]) -> Iterator[str]:
    yield "## Memory"
    yield ""
    yield (
        f"MB of all processes after one invocation, Python {results['version']}. PSS shares out what "
        "several processes map: here all sides run at once. The server does not speak TLS, which adds "
        f"{results['tls_kb'] / 1024:.2f} MB once it is made ready."
    )
    yield ""
    yield from _table(
        ("", "RSS", "PSS"),
        [
            (name, *(_number(kinds[kind]["p50"] / 1024) for kind in ("Rss", "Pss")))
            for name, kinds in results["kb"].items()
        ],
    )
    processes = results["rss_kb_by_process"].items()
    yield ""
    yield "RSS of each process: " + ", ".join(f"{name} {kb / 1024:.1f} MB" for name, kb in processes) + "."


def _publishing(results: dict[str, Any]) -> Iterator[str]:
    yield "## Publishing"
    yield ""
    yield (
        f"Microseconds for which one publish of a 1 KB dict holds up the handler, Python {results['version']}. The "
        "handler reads the clock in the lines before and after the one that ends with the publish; what the same "
        "takes with streaming off is subtracted. The floor is `json.dumps` and a write to a pipe whose reader sleeps, after "
        "the same wait. The first publish of an invocation starts next. "
        f"Where the handler is done before its run's record is read, which takes a store latency, none of its {results['fields']} "
        "fields is written: its result goes to next whole."
    )
    yield ""
    yield from _table(
        (
            "store",
            "wait before",
            "publishes",
            "p50",
            "p99",
            "floor, p50",
            "floor, p99",
            "first one, p50",
            "subtracted",
            "writes",
        ),
        [
            (
                f"{row['store_ms']:g} ms",
                f"{row['pause_ms']:g} ms",
                row["us"]["runs"],
                _spread(row["us"]),
                _number(row["us"]["p99"]),
                *(_number(row["floor_us"][share]) for share in ("p50", "p99")),
                _number(row["first_us"]["p50"]),
                _number(row["subtracted_us"]),
                f"{row['writes']:.1f}",
            )
            for row in results["rows"]
        ],
    )


def _waiting(results: dict[str, Any]) -> Iterator[str]:
    yield "## Waiting for a field"
    yield ""
    yield "![Reader's lag](benchmarks/waiting.svg)"
    yield ""
    yield (
        f"Store at {results['store_ms']} ms: half of it until a write is readable, half for the answer of a read. "
        "A wait varies by a tenth from run to run. Reads are those of the whole wait, all strongly consistent, and each takes one read unit. A wait may cost 60 of them "
        "in its first second and 120 in ten seconds; what it leaves over, up to 240, is for the next ones for fields that came "
        "before, and the first of these has 100 more."
    )
    period = 2 * (8 - results["store_ms"] / 2)
    yield ""
    yield (
        f"Who does not know when a field comes needs a read each {period:g} ms for a median lag of 8 ms: "
        f"{1000 / period:.0f} for a second, {10_000 / period:.0f} for ten. A reader learns it from earlier waits of its "
        "environment, and from its source, which tells when the field came in the latest invocations of its own. The first wait is never "
        "counted here, and longer ones are measured three times: with few before them, with many, and with few where the source has run "
        "often. The source's environment is as old as the reader's where nothing else is said."
    )
    yield ""
    yield from _table(
        ("wait", "of an environment", "runs", "lag in ms, p50", "p99", "reads, p50", "p99", "on average"),
        [
            (
                f"{row['seconds']:g} s",
                _which_waits(row),
                row["lag_ms"]["runs"],
                _spread(row["lag_ms"]),
                _number(row["lag_ms"]["p99"]),
                _spread(row["reads"]),
                _number(row["reads"]["p99"]),
                _number(row["mean_reads"]),
            )
            for row in results["rows"]
        ],
    )


def _which_waits(row: dict[str, Any]) -> str:
    waits = f"{row['before'] + 1} to {row['before'] + row['runs']}"
    return (
        waits if row["source_before"] == 0 else f"{waits}, a source that has run {row['source_before']} times"
    )


def _chain(results: dict[str, Any]) -> Iterator[str]:
    yield "## A chain"
    yield ""
    yield "![A chain](benchmarks/chain.svg)"
    yield ""
    yield (
        f"Four functions (two where the later one is quicker), five fields of 1 KB each, store at {results['store_ms']} ms, invoke at "
        f"{results['invoke_ms']} ms, warm. The bound is computed from the same latencies, were everything else free."
    )
    yield ""
    yield from _table(
        ("each field takes", "runs", "off, ms", "on, ms", "bound, ms", "on × bound", "on × off"),
        [
            (
                name,
                row["ms"]["on"]["runs"],
                _spread(row["ms"]["off"]),
                _spread(row["ms"]["on"]),
                _number(row["bound_ms"]),
                f"{row['ms']['on']['p50'] / row['bound_ms']:.3f}",
                f"{row['ms']['on']['p50'] / row['ms']['off']['p50']:.3f}",
            )
            for name, row in results["rows"].items()
        ],
    )
    yield ""
    yield "### What it costs"
    yield ""
    yield (
        "Requests and units for each hop, milliseconds and dollars for the whole chain. Dollars are for a million runs at us-east-1's list prices and "
        f"{prices.MEMORY_GB:g} GB of memory for each function."
    )
    yield ""
    yield from _table(
        (
            "",
            "chain, ms",
            "writes",
            "write units",
            "reads",
            "read units",
            "billed ms",
            "store $",
            "time $",
            "requests $",
        ),
        [
            (
                f"{name}, {mode}",
                _number(row["ms"][mode]["p50"]),
                *(
                    f"{row['cost'][mode][key]:.1f}"
                    for key in ("writes", "write_units", "reads", "read_units")
                ),
                f"{row['cost'][mode]['billed_ms']:.0f}",
                *(f"{dollars:.2f}" for dollars in prices.of_chain(row, mode).values()),
            )
            for name, row in results["rows"].items()
            for mode in row["cost"]
        ],
    )
    yield ""
    yield (
        "A reader that is quicker than its source is billed while it waits: that is the last chain, where the reader's "
        "fields take 2 ms. What it pays for is the time that the chain ends earlier. With `UNUM_START_AFTER=4` the reader starts when four of the "
        "five fields are there, and waits for the last one only."
    )


def _transform(results: dict[str, Any]) -> Iterator[str]:
    yield "## Transformation"
    yield ""
    low, high = results["low_ms"], results["high_ms"]
    yield (
        f"A handler of 300 lines: {results['ms']:.3f} ms ({low:.3f} to {high:.3f}, criterion, one core). The parser alone takes "
        f"{results['parser_ms']:.3f} ms of it."
    )


def _layer(results: dict[str, Any]) -> Iterator[str]:
    yield "## Size"
    yield ""
    yield f"The layer is {results['zip'] / 1e6:.2f} MB as a zip, {results['files'] / 1e6:.2f} MB unpacked."


def _scaling(results: dict[str, Any]) -> Iterator[str]:
    yield "## What grows"
    yield ""
    yield "![What grows](benchmarks/scaling.svg)"
    yield ""
    yield (
        "A writer and its reader, fields of 20 bytes that take no time, but for 30 ms after the first (a handler that is done "
        "within some milliseconds does not stream): milliseconds until both are done, CPU time of both."
    )
    yield ""
    yield from _table(
        ("fields", "off, ms", "on, ms", "CPU off, ms", "CPU on, ms"),
        [
            (
                row["fields"],
                *(_spread(row[mode]["ms"]) for mode in ("off", "on")),
                *(_number(row[mode]["cpu_ms"]["p50"]) for mode in ("off", "on")),
            )
            for row in results["fields"]
        ],
    )
    yield ""
    yield "A result of eight fields: the invocation alone, then with a reader, off and on."
    yield ""
    yield from _table(
        ("MB", f"{RIVAL}, ms", f"{OURS}, ms", "with reader, off", "with reader, on"),
        [
            (
                row["megabytes"],
                *(_spread(row["alone"][side]) for side in (RIVAL, OURS)),
                *(_spread(row[mode]["ms"]) for mode in ("off", "on")),
            )
            for row in results["results"]
        ],
    )
    yield ""
    yield "A chain of functions with 5 fields of 20 ms."
    yield ""
    yield from _table(
        ("functions", "off, ms", "on, ms", "bound, ms", "on × bound"),
        [
            (
                row["stages"],
                _spread(row["ms"]["off"]),
                _spread(row["ms"]["on"]),
                _number(row["bound_ms"]),
                f"{row['ms']['on']['p50'] / row['bound_ms']:.3f}",
            )
            for row in results["stages"]
        ],
    )
    yield ""
    yield "Chains at once: two functions, three fields of 20 ms, an environment for each."
    yield ""
    yield from _table(
        ("chains", "ms of one", "slowest 1 %", "bound, ms", "CPU time of one, ms"),
        [
            (
                row["chains"],
                _spread(row["ms"]),
                _number(row["ms"]["p99"]),
                _number(row["bound_ms"]),
                _spread(row["cpu_ms"]),
            )
            for row in results["chains"]
        ],
    )


_SECTIONS = {
    "cold_start": _cold_start,
    "warm": _warm,
    "memory": _memory,
    "publishing": _publishing,
    "waiting": _waiting,
    "chain": _chain,
    "transform": _transform,
    "scaling": _scaling,
    "layer": _layer,
}


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    columns = list(head)
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"


def _spread(values: dict[str, float]) -> str:
    return f"{_number(values['p50'])} [{_number(values['p25'])}, {_number(values['p75'])}]"


def _number(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
