"""The lines that Lambda itself writes around a function's log."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from host_mode.events import Answer


class Report:
    def __init__(self, request_id: str, version: str, memory_mb: int) -> None:
        self.request_id = request_id
        self._version = version
        self._memory_mb = memory_mb
        self._init_ms: float | None = None
        self._duration_ms = 0.0

    @contextmanager
    def init(self) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self._init_ms = _milliseconds_since(start)

    @contextmanager
    def invocation(self) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self._duration_ms = _milliseconds_since(start)

    def around(self, log: str, answer: Answer) -> str:
        lines = [
            f"START RequestId: {self.request_id} Version: {self._version}",
            log.removesuffix("\n"),
            answer.log,
            f"END RequestId: {self.request_id}",
            self._summary(),
        ]
        return "".join(f"{line}\n" for line in lines if line)

    def _summary(self) -> str:
        line = (
            f"REPORT RequestId: {self.request_id}\tDuration: {self._duration_ms:.2f} ms\t"
            f"Billed Duration: {math.ceil(self._duration_ms)} ms\tMemory Size: {self._memory_mb} MB"
        )
        return line if self._init_ms is None else f"{line}\tInit Duration: {self._init_ms:.2f} ms"


def _milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
