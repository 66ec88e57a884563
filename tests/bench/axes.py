"""From values to places on a drawing, and the numbers beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from svg import Drawing


@dataclass(frozen=True)
class Scale:
    """Maps `low`…`high` to `start`…`end`, on a logarithmic axis if asked."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        share = (self._on(value) - self._on(self.low)) / (self._on(self.high) - self._on(self.low))
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        if self.logarithmic:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            steps = (1, 3) if last - first <= 3 else (1,)
            marks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        else:
            step = _nice(self.high / 5)
            marks = [step * number for number in range(int(self.high / step) + 1)]
        margin = 1e-9 * self.high
        return [mark for mark in marks if self.low - margin <= mark <= self.high + margin]

    def _on(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value


def round_up(value: float) -> float:
    """To where an axis may well end."""
    step = _nice(value / 5)
    return math.ceil(value / step) * step


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * 0.999)


def draw(drawing: Drawing, x: Scale, y: Scale, x_label: str, y_label: str, x_ticks: bool = True) -> None:
    """Grid, numbers and labels around the area that the two scales span; `y.start` is its bottom."""
    for mark in y.ticks():
        drawing.line(x.start, y(mark), x.end, y(mark), "grid")
        drawing.text(x.start - 8, y(mark) + 4, number(mark), "tick", "end")
    if x_ticks:
        for mark in x.ticks():
            drawing.line(x(mark), y.start, x(mark), y.start + 4, "axis")
            drawing.text(x(mark), y.start + 18, number(mark), "tick", "middle")
    drawing.line(x.start, y.start, x.end, y.start, "axis")
    drawing.text((x.start + x.end) / 2, y.start + 38, x_label, "note", "middle")
    if y_label:
        drawing.turned_text(x.start - 48, (y.start + y.end) / 2, y_label)


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:g}"
