"""What Lambda repeats, end to end: attempts of one run never mix, and what is opted into happens once."""

from __future__ import annotations

import hashlib

import pytest
from botocore.client import BaseClient

from records import records_in
from rendezvous import Rendezvous
from streaming_chain import Chain

pytestmark = pytest.mark.usefixtures("host_mode")

# Its first attempt raises once the reader has come to `place`; the second succeeds. Attempts share an environment.
WRITER = """
from rendezvous import arrive, wait_for

attempts = 0

def second(event):
    if attempts == 1:
        wait_for(event["place"])
        raise ValueError("the first attempt")
    return attempts

def lambda_handler(event, context):
    global attempts
    attempts += 1
    first = [attempts]
    later = second(event)
    arrive("written", attempts)
    return {"first": first, "second": later}
"""
BOTH = """
from rendezvous import arrive

def lambda_handler(event, context):
    arrive("reader-started")
    read = {"first": event["first"], "second": event["second"]}
    arrive("read", read)
    return read
"""
FIRST_ONLY = """
from rendezvous import arrive

def lambda_handler(event, context):
    read = event["first"]
    arrive("read", read)
    return {"read": read}
"""
LAST = """
from rendezvous import arrive

def lambda_handler(event, context):
    arrive("last", event)
"""


LARGE_WRITER = """
def lambda_handler(event, context):
    return {"first": 1, "second": "x" * 1_200_000}
"""
# What a source with the run `r` sends when nothing is pending.
ENVELOPE = {
    "v": 2,
    "session": "s",
    "source": "A",
    "run": "r",
    "stream": "s/A/1",
    "futures": [],
    "deadline_ms": 9,
}


def run_partition(function: str) -> str:
    """Of the run that `ENVELOPE` starts: docs/protocol.md."""
    return f"run/{function}/{hashlib.sha256(f'r/{function}'.encode()).hexdigest()[:32]}"


def test_a_failed_attempt_and_a_good_one_make_one_chain(chain: Chain, rendezvous: Rendezvous) -> None:
    last = chain.add(LAST)
    reader = chain.add(BOTH, last, timeout=60)
    writer = chain.add(WRITER, reader, retries=2, timeout=60)
    chain.functions.send(writer, {"place": "reader-started"})
    assert rendezvous.wait_for("last") == {"first": [2], "second": 2}
    assert rendezvous.all_news("read") == [{"first": [2], "second": 2}]
    assert "ValueError: the first attempt" in chain.functions.wait_for_log(reader, "StreamingSourceError")


def test_next_that_completed_answers_a_second_start_from_its_record(
    chain: Chain, rendezvous: Rendezvous
) -> None:
    """The first attempt's reader completes without the field that never comes; the second attempt starts it again."""
    checkpoint = {"UNUM_CHECKPOINT": "true"}
    last = chain.add(LAST, environment=checkpoint)
    reader = chain.add(FIRST_ONLY, last, environment=checkpoint, timeout=60)
    writer = chain.add(WRITER, reader, retries=2, timeout=60)
    chain.functions.send(writer, {"place": "last"})
    assert rendezvous.wait_for("written") == 2
    chain.functions.wait_for_log(reader, '"outcome":"recorded"', seconds=60)
    assert (rendezvous.all_news("read"), rendezvous.all_news("last")) == ([[1]], [{"read": [1]}])


def test_a_repeated_event_of_a_completed_run_is_answered_from_its_record(
    chain: Chain, rendezvous: Rendezvous, dynamodb: BaseClient, field_table: str
) -> None:
    """Twice the same envelope, as when Lambda delivers an event twice."""
    reader = chain.add(BOTH, environment={"UNUM_CHECKPOINT": "true"})
    event = {"first": ["\u00e9", 1.50], "second": None, "__unum__": ENVELOPE}
    answers = [chain.functions.invoke(reader, event).raw for _ in range(2)]
    assert answers[0] == answers[1] == '{"first": ["é", 1.5], "second": null}'.encode()
    assert len(rendezvous.all_news("read")) == 1
    items = dynamodb.query(
        TableName=field_table,
        KeyConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "stream"},
        ExpressionAttributeValues={":s": {"S": run_partition(reader)}},
    )["Items"]
    assert [(item["field"]["S"], "expires_at" in item) for item in items] == [("!result", True)]
    log = chain.functions.wait_for_log(reader, '"outcome":"recorded"')
    ran, answered = (record["store"] for record in records_in(log))
    assert [(costs["reads"], costs["writes"]) for costs in (ran, answered)] == [(1, 1), (1, 0)]
    assert 0 < ran["bytes_written"] <= answered["bytes_read"]


def test_a_large_result_is_recorded_whole(chain: Chain) -> None:
    large = chain.add(
        "import uuid\ndef lambda_handler(event, context):\n    return [uuid.uuid4().hex, 'é' * 1_000_000]\n",
        environment={"UNUM_CHECKPOINT": "true"},
    )
    first, second = (chain.functions.invoke(large, {"__unum__": ENVELOPE}).raw for _ in range(2))
    assert len(first) > 2_000_000 and first == second


def test_a_failed_run_is_not_recorded(chain: Chain, rendezvous: Rendezvous) -> None:
    checkpoint = {"UNUM_CHECKPOINT": "true"}
    writer = chain.add(WRITER, chain.add(LAST), retries=1, timeout=60, environment=checkpoint)
    rendezvous.arrive("now")
    chain.functions.send(writer, {"place": "now"})
    assert rendezvous.wait_for("last") == {"first": [2], "second": 2}


def test_a_strict_reader_waits_for_its_source_to_succeed(chain: Chain, rendezvous: Rendezvous) -> None:
    strict = {"UNUM_STRICT": "true"}
    last = chain.add(LAST, environment=strict)
    reader = chain.add(FIRST_ONLY, last, environment=strict, timeout=60)
    writer = chain.add(WRITER, reader, retries=2, environment=strict, timeout=60)
    chain.functions.send(writer, {"place": "read"})
    assert rendezvous.wait_for("last") == {"read": [2]}
    log = chain.functions.wait_for_log(reader, "the result is held back (UNUM_STRICT)")
    assert "ValueError: the first attempt" in log
    assert rendezvous.all_news("last") == [{"read": [2]}]


def test_a_strict_reader_names_a_source_that_is_not(chain: Chain, rendezvous: Rendezvous) -> None:
    reader = chain.add(BOTH, environment={"UNUM_STRICT": "true"})
    chain.functions.invoke(chain.add(LARGE_WRITER, reader), {})
    chain.functions.wait_for_log(
        reader, "does not record the end of its stream, which UNUM_STRICT=true waits for"
    )


CHANGES = """
from rendezvous import arrive, wait_for
import sneaky

def lambda_handler(event, context):
    first = [1]
    second = sneaky.change(event)
    return {"first": first, "second": second}
"""
# The first attempt changes the field once its reader has started; a second one, at once.
SNEAKY = """
import sys
from rendezvous import wait_for

def change(event):
    wait_for("reader-started")
    sys._getframe(1).f_locals["first"].append(2)
"""


def test_a_changed_field_is_not_streamed_by_the_retry(chain: Chain, rendezvous: Rendezvous) -> None:
    writer = chain.add(CHANGES, chain.add(BOTH), retries=2, timeout=60, files={"sneaky.py": SNEAKY})
    chain.functions.send(writer, {})
    assert rendezvous.wait_for("read") == {"first": [1, 2], "second": None}
    assert "became [1, 2]" in chain.functions.log(writer)
    assert len(rendezvous.all_news("read")) == 1


def test_the_order_of_acknowledgement(
    chain: Chain, rendezvous: Rendezvous, dynamodb: BaseClient, field_table: str
) -> None:
    """A run whose next does not exist records nothing, and neither ends its stream nor reports a success."""
    both = {"UNUM_CHECKPOINT": "true", "UNUM_STRICT": "true"}
    writer = chain.add(LARGE_WRITER, "no-such-function", environment=both)
    result = chain.functions.invoke(writer, {})
    assert result.payload["errorType"] == "Unum.NextError"
    items = [
        item
        for page in dynamodb.get_paginator("scan").paginate(TableName=field_table)
        for item in page["Items"]
        if writer in item["stream"]["S"] or result.request_id in item["stream"]["S"]
    ]
    assert {item["field"]["S"] for item in items} - {f"{n:06}" for n in range(9)} <= {"f:second", "!failed"}
