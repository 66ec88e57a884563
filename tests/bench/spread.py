"""Medians and how far the values lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def quantile(values: Sequence[float], share: float) -> float:
    """Linear between the two nearest; `share` 0.5 is the median."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def median(values: Sequence[float]) -> float:
    return quantile(values, 0.5)


def of(values: Sequence[float]) -> dict[str, Any]:
    """How many, the median, the middle half's ends, and the 99th percentile."""
    return {
        "runs": len(values),
        "p50": median(values),
        "p25": quantile(values, 0.25),
        "p75": quantile(values, 0.75),
        "p99": quantile(values, 0.99),
    }


def against(times: Mapping[str, Sequence[float]], other: str) -> dict[str, float]:
    """By side: the median of what its times are by those of `other` in the same round. A machine that is slow now and quick then is
    so for all sides of a round, and tells less than in a ratio of two medians."""
    return {
        side: median([one / another for one, another in zip(values, times[other], strict=True)])
        for side, values in times.items()
    }


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The exponent of the power law that fits (x, y) best: 1 where y grows in proportion to x."""
    from math import log

    logs = [(log(x), log(y)) for x, y in points]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)
