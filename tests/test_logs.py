"""Logs as tools hand them out: `timeline` and docs/cost.py read the same records in each form."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from samcli.commands.logs import puller_factory
from samcli.lib.observability.cw_logs.cw_log_event import CWLogEvent
from samcli.lib.observability.util import OutputOption

ROOT = Path(__file__).resolve().parents[1]
STREAM = "2026/09/21/[$LATEST]5f3c0a77"
Event = dict[str, Any]
Form = Callable[[list[Event]], str]


def events(name: str = "pipeline-on") -> list[Event]:
    """What CloudWatch Logs holds of a run."""
    messages = ["START RequestId: 8cef Version: $LATEST\n", '{"level": "INFO", "message": "{not JSON"}\n']
    messages += (ROOT / "docs" / "records" / f"{name}.log").read_text().splitlines(keepends=True)
    return [
        {"logStreamName": STREAM, "timestamp": 1_790_000_000_000 + at, "message": message, "eventId": str(at)}
        for at, message in enumerate([*messages, "END RequestId: 8cef\n"])
    ]


def whole(found: list[Event]) -> str:
    return "".join(event["message"] for event in found)


def sam_logs(output: OutputOption) -> Form:
    """What `sam logs` prints of them."""

    def printed(found: list[Event]) -> str:
        consumer = puller_factory.generate_consumer(output=output)
        with contextlib.redirect_stdout(io.StringIO()) as stdout:
            for event in found:
                consumer.consume(CWLogEvent("/aws/lambda/f", dict(event)))
        return stdout.getvalue()

    return printed


def indented(message: str) -> str:
    """As `aws logs tail --format json` shows a message."""
    try:
        return json.dumps(json.loads(message), indent=4)
    except json.JSONDecodeError:
        return message.rstrip()


def wrapped(event: Event, message: Any) -> str:
    return json.dumps({"timestamp": event["timestamp"], "level": "INFO", "message": message}) + "\n"


FORMS: dict[str, Form] = {
    "as written": whole,
    "no line ends": lambda found: whole(found).replace("\n", " "),
    "sam logs": sam_logs(OutputOption.text),
    "sam logs --output json": sam_logs(OutputOption.json),
    "sam logs, quoted": lambda found: json.dumps({"log": sam_logs(OutputOption.text)(found)}),
    "aws logs filter-log-events": lambda found: json.dumps({"events": found, "searchedLogStreams": []}, indent=4),
    "aws logs tail --format short": lambda found: "".join(f"2026-09-21T00:00:00 {e['message']}" for e in found),
    "aws logs tail --format detailed": lambda found: "".join(
        f"2026-09-21T00:00:00.000000+00:00 {e['logStreamName']} {e['message']}" for e in found
    ),
    "aws logs tail --format json": lambda found: "".join(
        f"2026-09-21T00:00:00 {indented(e['message'])}\n" for e in found
    ),
    "a JSON log's text": lambda found: "".join(wrapped(e, e["message"]) for e in found),
    "a JSON log's object": lambda found: "".join(
        wrapped(e, json.loads(e["message"])) for e in found if e["message"].startswith('{"unum')
    ),
}  # fmt: skip


def read(command: list[Any], log: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], input=log, capture_output=True, text=True)


@pytest.fixture(params=["timeline", "cost"])
def reader(request: pytest.FixtureRequest) -> list[Any]:
    if request.param == "cost":
        return [sys.executable, ROOT / "docs" / "cost.py", "-"]
    return [request.getfixturevalue("command_line"), "timeline", "--format", "json", "-"]


@pytest.mark.parametrize("form", FORMS)
def test_records_are_found_in_every_form(reader: list[Any], form: str) -> None:
    plain = read(reader, (ROOT / "docs" / "records" / "pipeline-on.log").read_text())
    assert plain.returncode == 0
    formed = read(reader, FORMS[form](events()))
    assert (formed.returncode, formed.stdout, formed.stderr) == (0, plain.stdout, "")


DAMAGED = {
    "cut off": lambda message: message[:400] + "\n",
    "cut off in its first key": lambda message: message[:12] + "\n",
    "somebody else's": lambda _: '{"unum_streaming": true}\n',
    "without its store": lambda message: message.replace('"store"', '"shop"'),
    "not what it should hold": lambda message: message.replace('"ended_ms":', '"ended_ms":"soon","x":'),
}


@pytest.mark.parametrize("form", ["as written", "sam logs", "sam logs --output json"])
@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_records_are_left_out(reader: list[Any], form: str, damage: str) -> None:
    good = events()
    record = good[2]["message"]
    bad = {**good[2], "message": DAMAGED[damage](record)}
    plain = read(reader, FORMS[form](good))
    damaged = read(reader, FORMS[form]([good[0], bad, *good[1:], bad]))
    assert (damaged.returncode, damaged.stdout) == (0, plain.stdout)
    if "first key" in damage:
        assert damaged.stderr == ""
    else:
        name = "-" if sys.executable in reader else "standard input"
        assert damaged.stderr.startswith(f"2 damaged records left out of {name}; the first, at {name}:2")
        assert len(damaged.stderr.splitlines()) == 1
    alone = read(reader, FORMS[form]([bad]))
    assert alone.returncode != 0 and alone.stdout == ""
    assert "no record" in alone.stderr or "no timeline record" in alone.stderr, alone.stderr


def test_a_large_log_is_read_in_seconds(reader: list[Any]) -> None:
    def session(number: int) -> list[Event]:
        named = rf"\g<0>{number:04x}"
        return [{**event, "message": re.sub('"session": ?"', named, event["message"])} for event in events()]

    log = "".join(FORMS["sam logs --output json"](session(number)) for number in range(500))
    noise = json.dumps({"message": json.dumps({"rows": ['{"a": "b"}'] * 1000})}) + "\n"
    log += noise * (70_000_000 // len(noise))
    start = time.monotonic()
    finished = read(reader, log)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert time.monotonic() - start < 60
