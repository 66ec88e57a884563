"""docs/cost.py, from records to dollars."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parents[1] / "docs" / "cost.py"


def record(
    session: str,
    milliseconds: float,
    stored: list[int],
    reads: int = 0,
    bytes_read: int = 0,
    results: Sequence[int] = (),
    *,
    together: bool = False,
) -> str:
    """A function's line in a log; `results` are those that it recorded, in bytes."""
    items = stored if not together else [sum(stored)]
    fields = [
        {"field": f"f{at}", "bytes": n, "stored_ms": 1.0 if together else float(at)}
        for at, n in enumerate(stored)
    ]
    told: dict[str, Any] = {
        "session": session,
        "received_ms": 1000.0,
        "ended_ms": 1000.0 + milliseconds,
        "published": [{"bytes": 10, "stored_ms": None}, *fields],
        "store": {
            "writes": len(items) + len(results),
            "reads": reads,
            "bytes_written": sum(stored) + sum(results),
            "bytes_read": bytes_read,
        },
    }
    return f"2025-11-01 stream {json.dumps({'unum_streaming': told}, separators=(',', ':'))}\x1b[0m\n"


def cost(log: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, "-", *options]
    return subprocess.run(command, input=log, capture_output=True, text=True)


def row(log: str, *options: str) -> list[str]:
    finished = cost(log, *options)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.splitlines()[1].split()[1:]


def test_units_are_rounded_up_and_the_inline_field_is_not_written() -> None:
    # 100 KB and what the item needs besides; 5 reads, of which 20,000 bytes came back.
    line = record("s", 99.1, [100 * 1024, 1], reads=5, bytes_read=20_000)
    assert row(line)[:6] == ["1", "2", "102", "5", "9", "100"]


def test_fields_that_were_written_together_share_their_units() -> None:
    assert row(record("s", 100, [500, 400, 500], together=True))[1:3] == ["1", "2"]
    # 1,000 values of 5 bytes, and their names.
    assert row(record("s", 100, [5] * 1000, together=True))[1:3] == ["1", "11"]
    assert row(record("s", 100, [500, 400, 500]))[1:3] == ["3", "3"]


def test_runs_are_averaged_and_functions_added() -> None:
    log = record("s", 100, []) + "START RequestId\n" + record("s", 50, [1]) + record("t", 100, []) * 2
    assert row(log)[:6] == ["2", "0", "0", "0", "0", "175"]


def test_a_recorded_result_costs_what_its_size_does() -> None:
    line = record("s", 100, [1], results=[1]) + record("t", 100, [1], results=[10 * 1024 - 250])
    assert row(line)[:3] == ["1", "2", "6"]  # on average of 1 + 1 and 1 + 10 units


def test_prices_and_memory_are_inputs() -> None:
    line = record("s", 1000, [1], reads=2)
    prices = ["--write-unit", "1", "--read-unit", "3", "--gb-second", "20", "--request", "0.4"]
    assert row(line, *prices, "--memory-mb", "2048")[6:] == ["7.00", "40.00", "0.40"]


def test_what_cannot_be_calculated_is_said() -> None:
    empty = cost("START RequestId\n")
    assert (empty.returncode, empty.stderr) == (
        1,
        "-: no record of this layer; the functions need UNUM_LOG=debug\n",
    )
    for option in ("--memory-mb", "--write-unit", "--gb-second"):
        for price in ("-1", "nan", "inf", "x"):
            refused = cost(record("s", 100, []), f"{option}={price}")
            assert (refused.returncode, refused.stdout) == (2, "")
            assert f"argument {option}: {price} is no number from 0 on" in refused.stderr
    missing = subprocess.run([sys.executable, SCRIPT, "no-such.log"], capture_output=True, text=True)
    assert (missing.returncode, missing.stderr) == (
        1,
        "no-such.log cannot be read: No such file or directory\n",
    )


def test_lines_in_another_encoding_are_passed_over() -> None:
    log = b"\xff\xfe caf\xe9\n" + record("s", 100, []).encode()
    finished = subprocess.run([sys.executable, SCRIPT, "-"], input=log, capture_output=True)
    assert (finished.returncode, finished.stderr) == (0, b"")


def test_nowhere_to_print_is_an_error() -> None:
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(SCRIPT))} - >&-"
    finished = subprocess.run(
        ["sh", "-c", command], input=record("s", 100, []), capture_output=True, text=True
    )
    assert (finished.returncode, finished.stderr) == (1, "there is no standard output to print to\n")
