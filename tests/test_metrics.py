"""`UNUM_METRICS=emf`: the lines that CloudWatch makes metrics of, by the rules of its Embedded Metric Format."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from functions import wait_until
from streaming_chain import Chain

pytestmark = pytest.mark.usefixtures("host_mode")

WRITER = """
from rendezvous import wait_for

def lambda_handler(event, context):
    first = [event["n"]]
    later = wait_for("reader-started")
    return {"first": first, "later": later}
"""

READER = """
from rendezvous import arrive

def lambda_handler(event, context):
    arrive("reader-started", 1)
    return event["later"]
"""

EMF = {"UNUM_METRICS": "emf", "UNUM_LOG": "info"}
UNITS = {"Milliseconds", "Bytes", "Count"}
LONGEST_NAME = 1024
MOST_METRICS = 100
MOST_BYTES = 256 * 1024


def metric_lines(log: str) -> list[str]:
    return [line for line in log.splitlines() if '"_aws"' in line]


def metrics_of(chain: Chain, function: str) -> dict[str, Any]:
    """The values of the one line that the function has left, which keeps the format's rules."""
    lines = wait_until(lambda: metric_lines(chain.functions.log(function)), "a line of metrics", seconds=30)
    assert len(lines) == 1, lines
    assert len(lines[0].encode()) <= MOST_BYTES
    document = json.loads(lines[0])
    (directive,) = document["_aws"]["CloudWatchMetrics"]
    timestamp = document["_aws"]["Timestamp"]
    assert type(timestamp) is int and 0 <= time.time() * 1000 - timestamp < 3_600_000
    assert (
        set(directive) == {"Namespace", "Dimensions", "Metrics"} and directive["Namespace"] == "UnumStreaming"
    )
    assert directive["Dimensions"] == [["FunctionName"]] and document["FunctionName"] == function
    assert 0 < len(directive["Metrics"]) <= MOST_METRICS
    values = {}
    for metric in directive["Metrics"]:
        name = metric["Name"]
        assert set(metric) == {"Name", "Unit"} and metric["Unit"] in UNITS
        assert 0 < len(name) <= LONGEST_NAME and type(document[name]) in (int, float), metric
        values[name] = document[name]
    assert len(values) == len(directive["Metrics"]), "a name stands twice"
    return values


def test_one_line_for_each_invocation(chain: Chain) -> None:
    reader = chain.add(READER, environment=EMF)
    writer = chain.add(WRITER, reader, environment=EMF, timeout=30)
    assert chain.functions.invoke(writer, {"n": 1}).error is None
    written, read = metrics_of(chain, writer), metrics_of(chain, reader)
    counts = ("FieldsPublished", "FieldsAwaited", "FieldsMissing", "Raised")
    assert [written[name] for name in counts] == [2, 0, 0, 0], written
    assert written["FieldsAhead"] >= 1 and written["Lead"] > 0 and written["StoreWrites"] >= 1
    assert written["BytesWritten"] > 0
    assert [read[name] for name in counts] == [0, 1, 0, 0], read
    assert read["WaitTime"] > 0 and read["StoreReads"] >= 1 and "Lead" not in read
    assert '{"unum_streaming"' not in chain.functions.log(writer), "the record is for UNUM_LOG=debug"


def test_a_raise_counts_and_nothing_is_said_unless_asked(chain: Chain) -> None:
    raising = "def lambda_handler(event, context):\n    raise ValueError(event)\n"
    asked, silent = chain.add(raising, environment=EMF), chain.add(raising)
    for function in (asked, silent):
        assert chain.functions.invoke(function, {}).error
    assert metrics_of(chain, asked)["Raised"] == 1
    chain.functions.wait_for_log(silent, '{"unum_streaming"')
    assert not metric_lines(chain.functions.log(silent))
