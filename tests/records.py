"""The records that functions leave in their logs at UNUM_LOG=debug."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

MARK = '{"unum_streaming"'


def records_in(log: str) -> Iterator[dict[str, Any]]:
    """Every record in a log, oldest first."""
    for line in log.splitlines():
        start = line.find(MARK)
        if start >= 0:
            yield json.loads(line[start:])["unum_streaming"]


def record_of(log: str, session: str) -> dict[str, Any] | None:
    return next((record for record in records_in(log) if record["session"] == session), None)
