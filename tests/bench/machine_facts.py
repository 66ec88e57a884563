"""On what, when and beside what else the measurements ran."""

from __future__ import annotations

import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LOOK_S = 2.0
# More than this, and somebody else's work is in the figures.
QUIET = 0.05


def look() -> dict[str, Any]:
    """Before anything of ours runs: what else does is what this sees."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "kernel": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "busy": _busy(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def _busy() -> float:
    """The share of all cores that works on something."""
    idle_before, all_before = _ticks()
    time.sleep(LOOK_S)
    idle, all_ticks = _ticks()
    return 1 - (idle - idle_before) / max(1, all_ticks - all_before)


def _ticks() -> tuple[int, int]:
    numbers = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return numbers[3] + numbers[4], sum(numbers[:8])
