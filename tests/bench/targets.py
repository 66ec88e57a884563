"""What was to be reached, and what was: one row for each target. Limits of the short run are generous."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cold_start
import spread
import waiting
from sides import CLIENT, OURS, RELAYED, RIVAL, SMALLEST

Results = dict[str, Any]


@dataclass(frozen=True)
class Row:
    what: str
    target: str
    measured: str
    met: bool
    beside: str = ""
    """What to compare it with: a floor, where one was measured."""
    is_out_of_reach: bool = False
    """The floor itself misses the target."""

    @property
    def verdict(self) -> str:
        return "met" if self.met else "out of reach" if self.is_out_of_reach else "missed"


def rows(results: Results) -> list[Row]:
    found: list[Row] = []
    for measurement, judge in _JUDGES.items():
        if measurement in results:
            found.extend(judge(results[measurement]))
    return found


def _cold_start(results: list[dict[str, Any]]) -> Iterator[Row]:
    for row in results:
        ratio = row["by_rival"]
        yield _at_most(
            f"cold start, Python {row['version']}, {row['handler']}",
            0.5,
            ratio[OURS],
            "× awslambdaric",
            f"{ratio[CLIENT]:.2f} ×: the {CLIENT}; "
            f"{ratio[cold_start.FLOOR]:.2f} ×: {cold_start.FLOOR}, without any runtime",
            # Beside the interpreter there is one process in Rust, with a client.
            ratio[CLIENT],
        )


def _warm(results: dict[str, Any]) -> Iterator[Row]:
    limits = {"100 B": 0.25, "10 KB": 0.6, "1 MB": 0.75, "1 MB returned": 0.7}
    for case, ratios in results["ratios"].items():
        ratio = ratios[RIVAL]
        beside = "; ".join(f"{ratio[side]:.2f} ×: the {side}" for side in (CLIENT, RELAYED, SMALLEST))
        yield _at_most(
            f"warm invocation, {_spoken(case)}",
            limits[case],
            ratio[OURS],
            "× awslambdaric",
            beside,
            # One process in Rust and one in Python: fewer cannot be, nor another client.
            ratio[CLIENT],
        )
    if "100 B" in results["ratios"]:
        ratio = results["ratios"]["100 B"][SMALLEST]
        yield _at_most(
            "warm invocation, 100 B echoed",
            1.6,
            ratio[OURS],
            "× the smallest loop",
            "; ".join(f"{ratio[side]:.2f} ×: the {side}" for side in (CLIENT, RELAYED)),
            ratio[CLIENT],
        )


def _spoken(case: str) -> str:
    return case if case.endswith("returned") else f"{case} echoed"


def _memory(results: dict[str, Any]) -> Iterator[Row]:
    rss = {name: kinds["Rss"]["p50"] for name, kinds in results["kb"].items()}
    beyond = rss[OURS] + results["tls_kb"] - rss[RIVAL]
    beside = f"{results['tls_kb'] / 1024:.2f} MB of it for TLS, made ready and not used"
    yield _at_most("memory of both processes beyond awslambdaric's", 6, beyond / 1024, "MB RSS", beside)


def _publishing(results: dict[str, Any]) -> Iterator[Row]:
    for row in results["rows"]:
        after = f"after {row['pause_ms']:g} ms of waiting" if row["pause_ms"] else "one right after another"
        at = f"handler blocked by one publish, store at {row['store_ms']:g} ms, {after}"
        for share, limit in (("p50", 40), ("p99", 200)):
            floor = row["floor_us"][share]
            beside = f"{_short(floor)} µs: `json.dumps` and a write to a pipe"
            yield _at_most(f"{at}, {share}", limit, row["us"][share], "µs", beside, floor)
    fields = results["fields"]
    yield _at_most(f"writes for {fields} fields", fields - 1, _most_writes(results), "")


def _most_writes(results: dict[str, Any]) -> float:
    return max(row["writes"] for row in results["rows"])


def _waiting(results: dict[str, Any]) -> Iterator[Row]:
    for row in results["rows"]:
        seconds = row["seconds"]
        number = row["before"] + 1
        of = f"waits {number} to {row['before'] + row['runs']} of an environment"
        if row["source_before"]:
            of += f", a source that has run {row['source_before']} times"
        after = f"reader's lag after {seconds:g} s, {of}"
        for share, limit in ((50, 8), (99, 20)):
            floor = waiting.floor_ms(seconds, share / 100, results["store_ms"])
            beside = (
                f"{floor:.1f} ms: the reads allowed on average, spread over the time in which it may come"
            )
            yield _at_most(f"{after}, p{share}", limit, row["lag_ms"][f"p{share}"], "ms", beside, floor)
        if seconds in waiting.ALLOWED_READS:
            most = waiting.ALLOWED_READS[seconds]
            yield _at_most(
                f"reads for a wait of {seconds:g} s, on average, {of}", most, row["mean_reads"], ""
            )


def _chain(results: dict[str, Any]) -> Iterator[Row]:
    rows = results["rows"]
    long = rows["100 ms"]
    yield _at_most(
        "chain of 4 × 5 fields of 100 ms", 1.03, long["ms"]["on"]["p50"] / long["bound_ms"], "× the bound"
    )
    short = rows["2 ms"]
    yield _at_most(
        "chain of 4 × 5 fields of 2 ms",
        1.03,
        short["ms"]["on"]["p50"] / short["ms"]["off"]["p50"],
        "× streaming off",
        f"{short['bound_ms'] / short['ms']['off']['p50']:.2f} ×: the bound",
    )
    for name, row in rows.items():
        fields = row["shape"]["fields"]
        what = f"writes for {fields} fields of {name}, for each hop"
        yield _at_most(what, fields - 1, row["cost"]["on"]["writes"], "")


def _transform(results: dict[str, Any]) -> Iterator[Row]:
    floor = results["parser_ms"]
    beside = f"{_short(floor)} ms: the parser alone"
    yield _at_most("transformation of 300 lines", 1, results["ms"], "ms", beside, floor)


def _layer(results: dict[str, Any]) -> Iterator[Row]:
    yield _at_most("the layer's zip", 3.5, results["zip"] / 1e6, "MB")


# Growth that a straight line explains, with what a small machine's scheduler adds.
LINEAR = 1.15


def _scaling(results: dict[str, Any]) -> Iterator[Row]:
    def grows(what: str, key: str, rows: list[dict[str, Any]], ms: Any) -> Iterator[Row]:
        if len(rows) > 1:
            # From the middle on: before, what does not grow is most of it.
            points = [(row[key], ms(row)) for row in rows[len(rows) // 2 - 1 :]]
            yield _at_most(f"{what}: exponent of the growth", LINEAR, spread.slope(points), "")

    yield from grows(
        "CPU time over fields", "fields", results["fields"], lambda row: row["on"]["cpu_ms"]["p50"]
    )
    yield from grows(
        "time over the size of a result",
        "megabytes",
        results["results"],
        lambda row: row["alone"][OURS]["p50"],
    )
    yield from grows(
        "time over functions in a chain", "stages", results["stages"], lambda row: row["ms"]["on"]["p50"]
    )
    yield from grows(
        "CPU time over chains at once",
        "chains",
        results["chains"],
        lambda row: row["cpu_ms"]["p50"] * row["chains"],
    )


_JUDGES = {
    "cold_start": _cold_start,
    "warm": _warm,
    "memory": _memory,
    "publishing": _publishing,
    "waiting": _waiting,
    "chain": _chain,
    "transform": _transform,
    "layer": _layer,
    "scaling": _scaling,
}


def _at_most(
    what: str, limit: float, value: float, unit: str, beside: str = "", floor: float | None = None
) -> Row:
    measured = _short(value)
    digits = 3
    while value > limit >= float(measured):  # so close that it would look met
        measured = f"{value:.{digits}f}"
        digits += 1
    is_out_of_reach = floor is not None and floor > limit
    return Row(
        what,
        f"≤ {limit:g} {unit}".strip(),
        f"{measured} {unit}".strip(),
        value <= limit,
        beside,
        is_out_of_reach,
    )


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def blunders(results: Results) -> list[str]:
    """What the short run complains of: nothing that a loaded machine could be the cause of."""
    found = []

    def check(what: str, value: float, limit: float) -> None:
        if value > limit:
            found.append(f"{what}: {value:.2f}, and more than {limit:g} is a blunder")

    for row in results["cold_start"]:
        ms = {name: values["p25"] for name, values in row["ms"].items()}
        check(f"cold start ({row['handler']}) × awslambdaric", ms[OURS] / ms[RIVAL], 3)
    for case, times in results["warm"]["ms"].items():
        check(f"warm invocation ({case}) × awslambdaric", times[OURS]["p25"] / times[RIVAL]["p25"], 2)
    quick, *_, slow = [row for row in results["publishing"]["rows"] if row["pause_ms"]]
    check(
        "a publish at a slow store × at a quick one",
        slow["us"]["p25"] / max(quick["us"]["p25"], 1),
        5,
    )
    fields = results["publishing"]["fields"]
    check(f"writes for {fields} fields", _most_writes(results["publishing"]), fields - 1)
    for row in results["waiting"]["rows"]:
        check(
            f"lag after {row['seconds']:g} s × the wait", row["lag_ms"]["p25"] / 1000 / row["seconds"], 0.25
        )
        check(f"reads for {row['seconds']:g} s", row["reads"]["p50"], 60 + 60 * row["seconds"])
    long = results["chain"]["rows"]["100 ms"]
    check("a chain of 100 ms × streaming off", long["ms"]["on"]["p25"] / long["ms"]["off"]["p25"], 0.75)
    short = results["chain"]["rows"]["2 ms"]
    check("a chain of 2 ms × streaming off", short["ms"]["on"]["p25"] / short["ms"]["off"]["p25"], 2)
    check("writes for each hop of 5 fields", long["cost"]["on"]["writes"], 4)
    for rows, key, name in (("fields", "fields", "fields"), ("chains", "chains", "chains at once")):
        points = [
            (
                row[key],
                row["on"]["cpu_ms"]["p50"] if rows == "fields" else row["cpu_ms"]["p50"] * row["chains"],
            )
            for row in results["scaling"][rows]
        ]
        check(f"CPU time grows with {name} with the power", spread.slope(points), 1.6)
    return found
