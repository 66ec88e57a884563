"""The parts of the benchmarks that measure nothing: statistics, the chain's bound, the report and its charts."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import charts
import cold_start
import pytest
import report
import sources
import spread
import targets
import waiting
from chain import INVOKE_MS, STORE_MS, Shape, bound
from sides import CLIENT, OURS, RELAYED, RIVAL, SMALLEST


def test_quantiles() -> None:
    assert spread.median([3, 1, 2]) == 2
    assert spread.median([1, 2]) == 1.5
    assert spread.quantile(range(101), 0.99) == 99


def test_a_ratio_is_of_the_same_round() -> None:
    # As slow as the other one in each round, on a machine that is slow in half of them.
    times = {"one": [1, 10, 1, 10, 1], "another": [1, 10, 1, 10, 10]}
    assert spread.against(times, "another") == {"one": 1, "another": 1}


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_slope_is_the_power_that_something_grows_with(power: float) -> None:
    assert spread.slope([(x, 7 * x**power) for x in (1, 3, 10, 100)]) == pytest.approx(power)


def test_a_stage_begins_with_the_first_field_of_the_one_before() -> None:
    stages = bound(Shape(stages=4, fields=5, work_ms=100))
    begins = [begin for begin, _ in stages]
    assert begins == [number * (100 + INVOKE_MS) for number in range(4)]
    assert stages[-1][1] == 3 * (100 + INVOKE_MS) + 500


def test_a_stage_that_is_quicker_than_the_store_waits_for_it() -> None:
    (_, first), (begin, second) = bound(Shape(stages=2, fields=2, work_ms=1))
    assert (first, begin) == (2, 1 + INVOKE_MS)
    assert second == max(begin + 1, first + STORE_MS) + 1


def test_a_reader_that_is_quicker_waits_for_each_field() -> None:
    stages = bound(Shape(stages=2, fields=3, work_ms=100, later_ms=2))
    assert stages == [(0, 300), (100 + INVOKE_MS, 300 + STORE_MS + 2)]


def test_the_floor_of_a_lag_is_set_by_the_reads_that_are_allowed() -> None:
    assert waiting.floor_ms(0.1, 0.5, store_ms=4) == 2 + 2
    assert waiting.floor_ms(10, 0.5, store_ms=4) == pytest.approx(500 / 120 + 2)


@pytest.mark.parametrize("imports", ["", sources.USUAL_IMPORTS])
def test_the_handler_of_300_lines_has_about_as_many(imports: str) -> None:
    assert 285 <= sources.order(imports=imports).count("\n") <= 315


def test_the_report_says_what_was_missed_and_whether_the_machine_was_quiet() -> None:
    page = report.page(results(busy=0.4))
    assert "**missed**" in page and "| met |" in page
    assert "was not quiet" in page
    assert "was not quiet" not in report.page(results(busy=0.0))


def test_what_a_floor_misses_is_out_of_reach() -> None:
    found = results()
    found["transform"] |= {"ms": 1.2, "parser_ms": 0.9}
    assert verdict(found, "transformation") == ("missed", "1.20 ms")
    found["transform"]["parser_ms"] = 1.1
    assert verdict(found, "transformation") == ("out of reach", "1.20 ms")
    assert "out of reach |" in report.page(found)


def test_what_is_missed_by_little_does_not_look_met() -> None:
    found = results()
    found["transform"]["ms"] = 1.004
    assert verdict(found, "transformation") == ("missed", "1.004 ms")
    found["transform"]["ms"] = 1
    assert verdict(found, "transformation") == ("met", "1.00 ms")


def verdict(found: dict[str, Any], what: str) -> tuple[str, str]:
    (row,) = (row for row in targets.rows(found) if row.what.startswith(what))
    return row.verdict, row.measured


def test_each_chart_is_xml_and_has_its_text_inside() -> None:
    for name in report.CHARTS:
        drawn = ElementTree.fromstring(getattr(charts, name)(results()[name]))
        width, height = float(drawn.attrib["width"]), float(drawn.attrib["height"])
        texts = [
            element for element in drawn.iter("{http://www.w3.org/2000/svg}text") if "x" in element.attrib
        ]
        assert texts, name
        for text in texts:
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            assert 0 <= x <= width and 0 <= y <= height, (name, text.text)


def test_the_short_run_complains_of_blunders_only() -> None:
    assert targets.blunders(results()) == []
    slow = results()
    slow["chain"]["rows"]["100 ms"]["ms"]["on"] = spread.of([2000.0])
    assert "a chain of 100 ms" in targets.blunders(slow)[0]


def results(busy: float = 0.0) -> dict[str, Any]:
    """Made up, all of it."""

    def of(value: float) -> dict[str, Any]:
        return spread.of([value, value * 1.1])

    def sides(ours: float, rival: float, smallest: float) -> dict[str, Any]:
        return {
            OURS: of(ours),
            RIVAL: of(rival),
            CLIENT: of(smallest * 1.4),
            RELAYED: of(smallest * 1.2),
            SMALLEST: of(smallest),
        }

    def sides_by(times: dict[str, Any], other: str) -> dict[str, float]:
        return {side: values["p50"] / times[other]["p50"] for side, values in times.items()}

    def row(work_ms: float) -> dict[str, Any]:
        shape = Shape(2, 2, work_ms)
        stages = bound(shape)
        run = {"stages": stages, "published": [[10.0, 20.0], []]}
        cost = {"writes": 1, "write_units": 1, "reads": 3, "read_units": 3, "invokes": 1, "billed_ms": 50}
        return {
            "shape": vars(shape),
            "bound": stages,
            "bound_ms": stages[-1][1],
            "ms": {"off": of(stages[-1][1] * 2), "on": of(stages[-1][1] * 1.2)},
            "timeline": {"off": run, "on": run},
            "cost": {"off": cost, "on": cost},
        }

    both = {"ms": of(10), "cpu_ms": of(3)}
    start = sides(40, 80, 30) | {cold_start.OFF: of(41), cold_start.FLOOR: of(20)}
    facts = {
        "date": "2026-01-01",
        "processor": "a processor",
        "cores": 2,
        "memory_gb": 8,
        "kernel": "Linux",
        "busy": busy,
    }
    return {
        "machine": facts,
        "cold_start": [
            {
                "version": "3.12",
                "handler": "300 lines, no imports",
                "ms": start,
                "by_rival": sides_by(start, RIVAL),
                "cpu_ms": start,
                "answer_ms": start,
            }
        ],
        "memory": {
            "version": "3.12",
            "kb": {name: {"Rss": of(20_000), "Pss": of(9_000)} for name in (RIVAL, OURS, SMALLEST)},
            "rss_kb_by_process": {f"{OURS}: bootstrap": 9_000},
            "tls_kb": 400,
        },
        "warm": {
            "version": "3.12",
            "ms": {"100 B": sides(0.1, 0.3, 0.08)},
            "ratios": {
                "100 B": {
                    RIVAL: sides_by(sides(0.1, 0.3, 0.08), RIVAL),
                    SMALLEST: sides_by(sides(0.1, 0.3, 0.08), SMALLEST),
                }
            },
        },
        "publishing": {
            "version": "3.12",
            "rows": [
                {
                    "store_ms": ms,
                    "pause_ms": 2,
                    "us": of(30),
                    "floor_us": of(20),
                    "first_us": of(50),
                    "subtracted_us": 1.0,
                    "writes": 20.0,
                }
                for ms in (0, 50)
            ],
            "fields": 21,
        },
        "waiting": {
            "version": "3.12",
            "store_ms": 4,
            "rows": [
                {
                    "seconds": seconds,
                    "before": 1,
                    "source_before": 64 if seconds == 1 else 0,
                    "runs": 2,
                    "lag_ms": of(6),
                    "reads": of(40),
                    "mean_reads": 40.0,
                    "samples": [(seconds, 6.0), (seconds * 1.1, 6.6)],
                }
                for seconds in (0.3, 1)
            ],
        },
        "chain": {"store_ms": 4, "invoke_ms": 10, "rows": {"100 ms": row(100), "2 ms": row(2)}},
        "transform": {"ms": 0.6, "low_ms": 0.5, "high_ms": 0.7, "parser_ms": 0.4},
        "scaling": {
            "fields": [{"fields": count, "off": both, "on": both} for count in (10, 100)],
            "results": [
                {"megabytes": size, "alone": sides(5, 6, 4), "off": both, "on": both} for size in (1, 6)
            ],
            "stages": [
                {"stages": count, "ms": {"off": of(10), "on": of(9)}, "bound_ms": 8.0} for count in (2, 20)
            ],
            "chains": [
                {"chains": count, "ms": of(90), "cpu_ms": of(3), "bound_ms": 80.0} for count in (1, 100)
            ],
        },
        "layer": {"zip": 3_200_000, "files": 8_000_000},
    }
