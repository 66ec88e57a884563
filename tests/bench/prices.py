"""What a run of a chain costs, at the list prices of us-east-1 (on demand, x86_64) in US dollars."""

from __future__ import annotations

from typing import Any

WRITE_UNIT = 0.625e-6
READ_UNIT = 0.125e-6
GB_SECOND = 16.6667e-6
REQUEST = 0.2e-6
MEMORY_GB = 0.5


def of_chain(row: dict[str, Any], name: str) -> dict[str, float]:
    """Dollars for a million runs: the field store, Lambda's time, Lambda's requests."""
    stages, cost = row["shape"]["stages"], row["cost"][name]
    units = cost["write_units"] * WRITE_UNIT + cost["read_units"] * READ_UNIT
    return {
        "store": 1e6 * (stages - 1) * units,
        "time": 1e6 * cost["billed_ms"] / 1000 * MEMORY_GB * GB_SECOND,
        "requests": 1e6 * stages * REQUEST,
    }
