"""The report's charts, each from what one measurement found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import axes
import cold_start as starts
from axes import Scale
from sides import CLIENT, OURS, RELAYED, RIVAL, SMALLEST
from svg import Drawing

WIDTH = 860


def cold_start(results: list[dict[str, Any]]) -> str:
    drawing = Drawing(
        WIDTH,
        420,
        "Cold start: from the process's start to its first /next",
        "Medians with their middle half.",
    )
    kinds = {
        RIVAL: "rival",
        OURS: "ours",
        starts.OFF: "off",
        SMALLEST: "floor",
        starts.FLOOR: "bare",
    }
    drawing.legend(24, 62, [(kind, name) for name, kind in kinds.items()])
    top = max(values["p75"] for row in results for values in row["ms"].values())
    y = Scale(0, axes.round_up(top), 340, 84)
    x = Scale(0, 1, 84, WIDTH - 24)
    axes.draw(drawing, x, y, "", "milliseconds", x_ticks=False)
    group = (x.end - x.start) / len(results)
    bar = min(22, (group - 20) / len(kinds))
    for number, row in enumerate(results):
        left = x.start + group * number + (group - bar * len(kinds)) / 2
        for place, (name, kind) in enumerate(kinds.items()):
            values = row["ms"][name]
            at = left + bar * place
            drawing.rect(at + 1, y(values["p50"]), bar - 2, y.start - y(values["p50"]), kind, name)
            drawing.line(at + bar / 2, y(values["p25"]), at + bar / 2, y(values["p75"]), "whisker")
            drawing.text(at + bar / 2, y(values["p75"]) - 5, f"{values['p50']:.0f}", "tick", "middle")
        middle = x.start + group * (number + 0.5)
        drawing.text(middle, y.start + 20, f"Python {row['version']}", "", "middle")
        drawing.text(middle, y.start + 38, row["handler"].partition(", ")[2], "note", "middle")
    return drawing.markup()


def warm(results: dict[str, Any]) -> str:
    cases = results["ms"]
    kinds = {RIVAL: "rival", OURS: "ours", CLIENT: "off", RELAYED: "bare", SMALLEST: "floor"}
    height = 25 * len(kinds) + 17
    drawing = Drawing(
        WIDTH,
        92 + height * len(cases) + 30,
        f"Warm invocation, Python {results['version']}",
        "Medians as multiples of awslambdaric's, in milliseconds beside the bars.",
    )
    drawing.legend(24, 62, [(kind, name) for name, kind in kinds.items()])
    most = max(values["p75"] / times[RIVAL]["p50"] for times in cases.values() for values in times.values())
    x = Scale(0, max(1.2, axes.round_up(most)), 150, WIDTH - 110)
    bottom = 84 + height * len(cases)
    for mark in x.ticks():
        drawing.line(x(mark), 80, x(mark), bottom, "grid")
        drawing.text(x(mark), bottom + 16, f"{mark:g}", "tick", "middle")
    drawing.text((x.start + x.end) / 2, bottom + 34, "× awslambdaric's median", "note", "middle")
    for number, (case, times) in enumerate(cases.items()):
        top = 88 + height * number
        drawing.text(
            138, top + height / 2 - 4, case if "returned" in case else f"{case} echoed", "panel", "end"
        )
        for place, (name, kind) in enumerate(kinds.items()):
            values, rival = times[name], times[RIVAL]["p50"]
            y = top + 25 * place
            drawing.rect(x.start, y, x(values["p50"] / rival) - x.start, 21, kind, name)
            drawing.line(x(values["p25"] / rival), y + 10.5, x(values["p75"] / rival), y + 10.5, "whisker")
            drawing.text(
                max(x(values["p50"] / rival), x(values["p75"] / rival)) + 8,
                y + 15,
                f"{values['p50']:.3g} ms",
                "tick",
            )
    return drawing.markup()


def waiting(results: dict[str, Any]) -> str:
    rows = results["rows"]
    drawing = Drawing(
        WIDTH,
        464,
        f"Reader's lag over its wait, store at {results['store_ms']} ms",
        "Each dot is one wait; the line joins the medians: from 1 s on, of readers whose source has run often.",
    )
    learned = {row["seconds"]: row for row in rows}
    samples = [sample for row in rows for sample in row["samples"]]
    waits, lags = [wait for wait, _ in samples], [max(lag, 0.5) for _, lag in samples]
    half = results["store_ms"] / 2
    x = Scale(min(waits) * 0.8, max(waits) * 1.25, 84, WIDTH - 24, True)
    y = Scale(min(half * 0.7, *lags), max(25, *lags) * 1.2, 370, 84, True)
    drawing.legend(24, 62, [("ours", "one wait, and the medians"), ("target", "targets of p50 and p99")])
    drawing.legend(420, 62, [("floor", "half a store latency: the answer's way")])
    axes.draw(
        drawing, x, y, "seconds that the reader waits for the field", "milliseconds after it is readable"
    )
    for kind, value in (("target", 8), ("target", 20), ("floor", half)):
        drawing.line(x.start, y(value), x.end, y(value), f"dashed-{kind}")
    for wait, lag in samples:
        drawing.dot(x(wait), y(max(lag, y.low)), "off", 2.5)
    medians = [(x(seconds), y(row["lag_ms"]["p50"])) for seconds, row in learned.items()]
    drawing.path(medians, "ours")
    for row, (left, top) in zip(learned.values(), medians, strict=True):
        drawing.dot(left, top, "ours", 4)
        drawing.text(left, 428, f"{row['lag_ms']['p50']:.1f} ms", "panel", "middle")
        drawing.text(left, 446, f"{row['reads']['p50']:.0f} reads", "tick", "middle")
    return drawing.markup()


def chain(results: dict[str, Any]) -> str:
    row = results["rows"]["100 ms"]
    shape = row["shape"]
    panels = [
        ("streaming off", row["timeline"]["off"]["stages"], [], "off"),
        ("streaming on", row["timeline"]["on"]["stages"], row["timeline"]["on"]["published"], "ours"),
        ("the bound", row["bound"], [], "floor"),
    ]
    height = 22 * shape["stages"] + 40
    drawing = Drawing(
        WIDTH,
        100 + height * len(panels) + 20,
        f"A chain of {shape['stages']} functions, {shape['fields']} fields of {shape['work_ms']} ms each",
        "When each function runs; marks are its publishes.",
    )
    drawing.text(
        24,
        58,
        f"store at {results['store_ms']} ms, invoke at {results['invoke_ms']} ms; the run with the median time; "
        "marks are publishes, as they reach the store or Invoke",
        "note",
    )
    end = max(stages[-1][1] for _, stages, _, _ in panels)
    x = Scale(0, end, 110, WIDTH - 90)
    bottom = 84 + height * len(panels)
    for mark in x.ticks():
        drawing.line(x(mark), 76, x(mark), bottom - 8, "grid")
        drawing.text(x(mark), bottom + 10, axes.number(mark), "tick", "middle")
    drawing.text(
        (x.start + x.end) / 2, bottom + 28, "milliseconds since the first function's event", "note", "middle"
    )
    for number, (name, stages, published, kind) in enumerate(panels):
        top = 84 + height * number
        drawing.text(24, top + 12, name, "panel")
        drawing.text(
            x(stages[-1][1]) + 8, top + 22 * shape["stages"] + 11, f"{stages[-1][1]:.0f} ms", "panel"
        )
        for stage, (begun, ended) in enumerate(stages):
            y = top + 20 + 22 * stage
            drawing.text(x.start - 10, y + 13, f"function {stage + 1}", "tick", "end")
            drawing.rect(x(begun), y, x(ended) - x(begun), 17, kind)
            for at in published[stage] if published else []:
                drawing.line(x(at), y - 2, x(at), y + 19, "whisker")
    return drawing.markup()


Pick = Callable[[dict[str, Any]], float]
Curve = tuple[str, Pick]
Panel = tuple[str, str, str, str, list[Curve]]


def scaling(results: dict[str, Any]) -> str:
    off: Curve = ("off", lambda row: row["off"]["ms"]["p50"])
    on: Curve = ("ours", lambda row: row["on"]["ms"]["p50"])
    panels: list[Panel] = [
        ("fields", "fields", "fields of one result", "ms until the reader is done", [off, on]),
        (
            "results",
            "megabytes",
            "MB of a result, without next",
            "ms of the invocation",
            [
                ("rival", lambda row: row["alone"][RIVAL]["p50"]),
                ("ours", lambda row: row["alone"][OURS]["p50"]),
            ],
        ),
        (
            "stages",
            "stages",
            "functions in a chain, 5 fields of 20 ms",
            "ms of the chain",
            [
                ("off", lambda row: row["ms"]["off"]["p50"]),
                ("ours", lambda row: row["ms"]["on"]["p50"]),
                ("floor", lambda row: row["bound_ms"]),
            ],
        ),
        (
            "chains",
            "chains",
            "chains at once, 2 × 3 fields of 20 ms",
            "ms of CPU time for each chain",
            [("ours", lambda row: row["cpu_ms"]["p50"])],
        ),
    ]
    panels = [panel for panel in panels if len(results[panel[0]]) > 1]
    drawing = Drawing(WIDTH, 100 + 300 * ((len(panels) + 1) // 2), "What grows", "Medians, logarithmic axes.")
    drawing.legend(
        24,
        62,
        [("off", "streaming off"), ("ours", "unum-streaming"), ("rival", RIVAL), ("floor", "the bound")],
    )
    for number, panel in enumerate(panels):
        _panel(drawing, 84 + 420 * (number % 2), 92 + 300 * (number // 2), results, panel)
    return drawing.markup()


def _panel(drawing: Drawing, left: float, top: float, results: dict[str, Any], panel: Panel) -> None:
    rows, key, x_label, y_label, curves = results[panel[0]], *panel[1:]
    values = [pick(row) for row in rows for _, pick in curves]
    x = Scale(rows[0][key] * 0.85, rows[-1][key] * 1.18, left, left + 330, True)
    low = min(values) * 0.6
    y = Scale(low, max(max(values) * 1.6, low * 15), top + 230, top, True)
    axes.draw(drawing, x, y, x_label, y_label)
    for kind, pick in curves:
        points = [(x(row[key]), y(pick(row))) for row in rows]
        drawing.path(points, kind)
        for at in points:
            drawing.dot(*at, kind)
