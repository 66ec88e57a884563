"""The main job, end to end: real functions, the real layer, LocalStack.

Chains are made of handlers that meet at a rendezvous, so that each test says what must come before what.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rendezvous import Rendezvous
from streaming_chain import Chain

pytestmark = pytest.mark.usefixtures("host_mode")

# Its second field is there only once the reader has reached the place that the event names.
WRITER = """
from rendezvous import arrive, wait_for

def second(place):
    return {"met": wait_for(place)}

def lambda_handler(event, context):
    first = [1, 2, {"deep": event["n"]}]
    later = second(event["place"])
    return {"first": first, "second": later, "constant": "c"}
"""

READER = """
from rendezvous import arrive

def lambda_handler(event, context):
    arrive("reader-started", [list(event), len(event), "second" in event, event["first"]])
    arrive("reader-done", dict(event))
"""

# A compiled package would call the same functions of C as `dict.copy` does.
READER_OF_THE_STORAGE = """
import sys
import types

from rendezvous import arrive

sys.modules["orjson"] = types.ModuleType("orjson")
arrive("reader-loaded", 1)

def lambda_handler(event, context):
    arrive("reader-done", dict.copy(event))
"""


def test_the_reader_starts_before_the_writer_ends(
    chain: Chain, rendezvous: Rendezvous, runtimes: list[str]
) -> None:
    for runtime in runtimes:
        rendezvous.forget()
        reader = chain.add(READER, runtime=runtime)
        writer = chain.add(WRITER, reader, runtime=runtime, timeout=30)
        result = chain.functions.invoke(writer, {"n": 7, "place": "reader-started"})
        assert result.error is None, result.raw
        started = rendezvous.wait_for("reader-started")
        assert started == [["first", "second", "constant"], 3, True, [1, 2, {"deep": 7}]], runtime
        assert rendezvous.wait_for("reader-done") == result.payload, runtime
        assert "__unum__" not in result.payload
        written, read = (chain.record(name, result.request_id) for name in (writer, reader))
        assert read["started_ms"] < written["ended_ms"]
        assert written["next"][0]["early"] and set(written["next"][0]["inline"]) == {"first", "constant"}
        assert [resolved["field"] for resolved in read["resolved"]] == ["second"]


def test_the_timeline_reads_what_the_functions_leave(
    chain: Chain, rendezvous: Rendezvous, command_line: Path
) -> None:
    reader = chain.add(READER)
    writer = chain.add(WRITER, reader, timeout=30)
    session = chain.functions.invoke(writer, {"n": 7, "place": "reader-started"}).request_id
    for function in (writer, reader):
        chain.record(function, session)
    logs = chain.functions.log(writer) + chain.functions.log(reader)
    drawn = subprocess.run(
        [command_line, "timeline", "--width", "120"], input=logs, capture_output=True, text=True, check=True
    ).stdout
    assert writer in drawn and reader in drawn and "second" in drawn, drawn


def test_the_timeline_reads_log_groups(chain: Chain, rendezvous: Rendezvous, command_line: Path) -> None:
    reader = chain.add(READER)
    writer = chain.add(WRITER, reader, timeout=30)
    session = chain.functions.invoke(writer, {"n": 7, "place": "reader-started"}).request_id
    for function in (writer, reader):
        chain.record(function, session)
    groups = [f"/aws/lambda/{function}" for function in (writer, reader)]

    def timeline(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command_line, "timeline", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )

    read = timeline("--format", "json", "--since", "30m", "--log-group", *groups)
    assert read.returncode == 0, read.stderr
    [summary] = json.loads(read.stdout)["chains"]
    assert summary["chain"] == f"{writer} → {reader}"
    assert [function["function"] for function in summary["functions"]] == [writer, reader]
    assert summary["sessions"] == 1 and summary["functions"][0]["lead_ms"]["median"] > 0
    alone = timeline("--log-group", groups[0])
    assert writer in alone.stdout and alone.returncode == 0, alone.stderr
    missing = timeline("--log-group", "/aws/lambda/nobody")
    assert missing.returncode == 2
    assert "cannot read log group /aws/lambda/nobody: ResourceNotFoundException" in missing.stderr
    assert "check its name, the region and the permission logs:FilterLogEvents" in missing.stderr


def test_on_a_custom_runtime(chain: Chain, rendezvous: Rendezvous) -> None:
    reader = chain.add(READER, runtime="provided.al2023")
    writer = chain.add(WRITER, reader, runtime="provided.al2023", timeout=30)
    result = chain.functions.invoke(writer, {"n": 7, "place": "reader-started"})
    assert rendezvous.wait_for("reader-done") == result.payload


def test_a_field_that_nobody_reads_is_never_waited_for(chain: Chain, rendezvous: Rendezvous) -> None:
    # The careless reader's own next tells the writer that the reader has returned.
    observer = chain.add(
        "from rendezvous import arrive\ndef lambda_handler(event, context): arrive('over', event)\n"
    )
    careless = chain.add("def lambda_handler(event, context):\n    return event['first']\n", observer)
    writer = chain.add(WRITER, careless, timeout=30)
    result = chain.functions.invoke(writer, {"n": 1, "place": "over"})
    assert result.payload["second"] == {"met": [1, 2, {"deep": 1}]}


def test_code_that_reads_past_a_dicts_methods_gets_whole_events(chain: Chain, rendezvous: Rendezvous) -> None:
    reader = chain.add(READER_OF_THE_STORAGE)
    writer = chain.add(WRITER, reader, timeout=30)
    result = chain.functions.invoke(writer, {"n": 1, "place": "reader-loaded"})
    assert rendezvous.wait_for("reader-done") == result.payload
    log = chain.functions.wait_for_log(reader, "waits for all fields of its event")
    assert "app.lambda_handler waits for all fields of its event before it begins: orjson" in log


@pytest.mark.parametrize("choice, kind", [("always", "dict"), ("Never", "UnumPendingField")])
def test_a_setting_says_whether_events_are_whole(
    chain: Chain, rendezvous: Rendezvous, choice: str, kind: str
) -> None:
    source = READER_OF_THE_STORAGE.replace("dict.copy(event)", "type(dict.get(event, 'second')).__name__")
    if choice == "always":
        source = source.replace('sys.modules["orjson"]', "unused")
    reader = chain.add(source, environment={"UNUM_WHOLE_EVENTS": choice})
    writer = chain.add(WRITER, reader, timeout=30)
    chain.functions.invoke(writer, {"n": 1, "place": "reader-loaded"})
    assert rendezvous.wait_for("reader-done") == kind


def test_warm_environments_are_frozen_in_between_and_still_right(
    chain: Chain, rendezvous: Rendezvous
) -> None:
    reader = chain.add(READER)
    writer = chain.add(WRITER, reader, timeout=30)
    for number in range(1, 5):
        place = f"go-{number}"
        rendezvous.arrive(place, number)
        result = chain.functions.invoke(writer, {"n": number, "place": place})
        assert result.payload["second"] == {"met": number}
        assert rendezvous.wait_for("reader-done", number) == result.payload


def test_one_result_for_two_readers(chain: Chain, rendezvous: Rendezvous) -> None:
    one = chain.add(READER.replace("reader", "one"))
    two = chain.add(READER.replace("reader", "two"))
    writer = chain.add(WRITER, one, two, timeout=30)
    result = chain.functions.invoke(writer, {"n": 1, "place": "two-started"})
    assert rendezvous.wait_for("one-done") == rendezvous.wait_for("two-done") == result.payload


def test_streaming_off_sends_the_whole_result_at_the_return(chain: Chain, rendezvous: Rendezvous) -> None:
    reader = chain.add(READER)
    writer = chain.add(WRITER, reader, environment={"UNUM_STREAMING": "off"})
    rendezvous.arrive("go", 1)
    result = chain.functions.invoke(writer, {"n": 7, "place": "go"})
    assert rendezvous.wait_for("reader-done") == result.payload
    assert not chain.record(writer, result.request_id)["next"][0]["early"]


def test_the_session_goes_through_the_whole_chain(chain: Chain, rendezvous: Rendezvous) -> None:
    last = chain.add(READER)
    middle = chain.add(
        "def lambda_handler(event, context):\n"
        "    first = event['first'][0]\n"
        "    rest = dict(event)['second']\n"
        "    return {'first': first, 'second': rest}\n",
        last,
    )
    writer = chain.add(WRITER, middle, timeout=30)
    result = chain.functions.invoke(writer, {"n": 1, "place": "reader-started"})
    assert rendezvous.wait_for("reader-done") == {"first": 1, "second": result.payload["second"]}
    assert chain.record(last, result.request_id)["source"] == middle


LARGE = """
def lambda_handler(event, context):
    first = 1
    large = "\\u00e9x" * event["n"]
    last = [3]
    return {"first": first, "large": large, "last": last}
"""

SIZES = """
from rendezvous import arrive
def lambda_handler(event, context):
    arrive("sizes", [(key, len(str(value))) for key, value in event.items()])
"""


@pytest.mark.parametrize("streaming", ["auto", "off"])
def test_values_too_large_for_an_item_or_an_event(
    chain: Chain, rendezvous: Rendezvous, streaming: str
) -> None:
    writer = chain.add(LARGE, chain.add(SIZES), timeout=60, environment={"UNUM_STREAMING": streaming})
    for number, n in enumerate([150_000, 1_200_000], start=1):
        result = chain.functions.invoke(writer, {"n": n})
        assert result.error is None, result.raw
        assert rendezvous.wait_for("sizes", number) == [["first", 1], ["large", 2 * n], ["last", 3]]


def test_only_our_own_futures_count(chain: Chain, rendezvous: Rendezvous) -> None:
    reference = {"__unum_future__": True, "session": "s", "key": "a", "source": "b"}
    envelope = {"v": 1, "session": "s", "source": "b", "stream": "s/b/1", "futures": ["a"], "deadline_ms": 1}
    echo = "from rendezvous import arrive\ndef lambda_handler(event, context): return [type(event).__name__, event]\n"
    plain = chain.add(echo)
    assert chain.functions.invoke(plain, {"a": reference}).payload == ["dict", {"a": reference}]
    entry = chain.add(echo, environment={"UNUM_ENTRY": "true"})
    forged = {"a": reference, "__unum__": envelope}
    assert chain.functions.invoke(entry, forged).payload == ["dict", forged]


# Failures: each is named, at once, to whoever is concerned.

COMPLAINER = """
from rendezvous import arrive
def lambda_handler(event, context):
    arrive("complainer-started", event["first"])
    try:
        event["second"]
    except Exception as error:
        arrive("complaint", [type(error).__name__, str(error)])
"""


def failing_writer(how: str) -> str:
    return (
        "import os, sys\nfrom rendezvous import wait_for\n"
        f"def fail():\n    wait_for('complainer-started')\n    {how}\n"
        "def lambda_handler(event, context):\n"
        "    first = 1\n"
        "    second = fail()\n"
        "    return {'first': first, 'second': second}\n"
    )


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        ("raise ValueError('boom')", "ValueError: boom"),
        # Larger than an item may be.
        ("raise ValueError('bad: ' + 'x' * 500_000)", "ValueError: bad: xxx"),
        ("os._exit(3)", "exit status: 3"),
        ("sys.exit(4)", "exit status: 4"),
        ("return object()", "Object of type object is not JSON serializable"),
    ],
)
def test_readers_learn_why_the_rest_never_comes(
    chain: Chain, rendezvous: Rendezvous, how: str, cause: str
) -> None:
    writer = chain.add(failing_writer(how), chain.add(COMPLAINER, timeout=60), timeout=30)
    assert chain.functions.invoke(writer, {}).error
    name, message = rendezvous.wait_for("complaint")
    assert name == "StreamingSourceError"
    assert "`second`" in message and writer in message and cause in message, message


def test_readers_learn_of_a_writer_that_timed_out(chain: Chain, rendezvous: Rendezvous) -> None:
    writer = chain.add(failing_writer("wait_for('never')"), chain.add(COMPLAINER, timeout=60), timeout=3)
    assert "timed out" in chain.functions.invoke(writer, {}).payload["errorMessage"]
    name, message = rendezvous.wait_for("complaint")
    assert (name, "`second`" in message, writer in message) == ("StreamingSourceError", True, True), message


PATIENT = """
from rendezvous import arrive
from unum_streaming import StreamingTimeoutError

def lambda_handler(event, context):
    while True:
        try:
            arrive("value", event["second"])
            return
        except StreamingTimeoutError as error:
            arrive("reader-timed-out", str(error))
"""


def test_a_wait_that_timed_out_is_not_the_last_word(chain: Chain, rendezvous: Rendezvous) -> None:
    reader = chain.add(PATIENT, timeout=60, environment={"UNUM_RESOLVE_TIMEOUT_MS": "200"})
    writer = chain.add(WRITER, reader, timeout=60)
    result = chain.functions.invoke(writer, {"n": 1, "place": "reader-timed-out"})
    assert "`second`" in result.payload["second"]["met"]
    assert "UNUM_RESOLVE_TIMEOUT_MS" in result.payload["second"]["met"]
    assert rendezvous.wait_for("value") == result.payload["second"]


def test_a_value_changed_behind_the_handlers_back_is_never_passed_over(
    chain: Chain, rendezvous: Rendezvous
) -> None:
    writer = chain.add(
        "import sneaky\nfrom rendezvous import wait_for\n"
        "def lambda_handler(event, context):\n"
        "    first = [1]\n"
        "    second = sneaky.change()\n"
        "    return {'first': first, 'second': second}\n",
        chain.add(COMPLAINER, timeout=60),
        files={
            "sneaky.py": "import sys\nfrom rendezvous import wait_for\n"
            "def change():\n    wait_for('complainer-started')\n    sys._getframe(1).f_locals['first'].append(2)\n"
        },
    )
    result = chain.functions.invoke(writer, {})
    assert result.payload["errorType"] == "Unum.FieldChanged"
    assert "`first`" in result.payload["errorMessage"]
    assert "Unum.FieldChanged" in rendezvous.wait_for("complaint")[1]


PLAIN_WRITER = """
def lambda_handler(event, context):
    first = 1
    second = [2]
    third = sorted(event)
    return {"first": first, "second": second, "third": third}
"""


# Over the limit of an asynchronous event, so that its second field needs the field store.
LARGE_WRITER = """
def lambda_handler(event, context):
    return {"first": 1, "second": "x" * 1_200_000}
"""


def test_nothing_goes_ahead_through_a_table_that_cannot_be_read(chain: Chain, rendezvous: Rendezvous) -> None:
    reader = chain.add(
        "from rendezvous import arrive\ndef lambda_handler(event, context): arrive('next', event)\n"
    )
    writer = chain.add(PLAIN_WRITER, reader, environment={"UNUM_TABLE": "no-such-table"})
    result = chain.functions.invoke(writer, {})
    assert (result.error, rendezvous.wait_for("next")) == (None, result.payload)


def test_a_result_that_needs_a_missing_table_names_it(chain: Chain) -> None:
    writer = chain.add(LARGE_WRITER, chain.add(COMPLAINER), environment={"UNUM_TABLE": "no-such-table"})
    error = chain.functions.invoke(writer, {}).payload
    assert error["errorType"] == "Unum.FieldStoreError"
    assert "`second`" in error["errorMessage"] and "`no-such-table` (UNUM_TABLE)" in error["errorMessage"]


@pytest.mark.parametrize("streaming", ["auto", "off"])
def test_a_missing_next_is_named(chain: Chain, streaming: str) -> None:
    writer = chain.add(PLAIN_WRITER, "no-such-function", environment={"UNUM_STREAMING": streaming})
    error = chain.functions.invoke(writer, {}).payload
    assert error["errorType"] == "Unum.NextError"
    assert "`no-such-function` (UNUM_NEXT)" in error["errorMessage"]


def test_a_reader_without_a_table_is_told_what_to_set(chain: Chain) -> None:
    reader = chain.add(COMPLAINER, environment={"UNUM_TABLE": None})
    chain.functions.invoke(chain.add(LARGE_WRITER, reader), {})
    log = chain.functions.wait_for_log(reader, "UNUM_TABLE is not set")
    assert "Unum.EnvelopeError" not in log or "UNUM_TABLE" in log


def test_a_result_with_the_reserved_key_is_refused(chain: Chain, rendezvous: Rendezvous) -> None:
    writer = chain.add(
        "def lambda_handler(event, context):\n    return {'a': 1, event['key']: 2}\n",
        chain.add(
            "from rendezvous import arrive\ndef lambda_handler(event, context): arrive('next', event)\n"
        ),
    )
    assert chain.functions.invoke(writer, {"key": "__unum__"}).payload["errorType"] == "Unum.ReservedKey"
    assert not rendezvous.has_come("next")
    assert chain.functions.invoke(writer, {"key": "b"}).payload == {"a": 1, "b": 2}
    assert rendezvous.wait_for("next") == {"a": 1, "b": 2}


@pytest.mark.parametrize("streaming", ["auto", "off"])
def test_a_value_that_json_does_not_know_is_named(chain: Chain, streaming: str) -> None:
    writer = chain.add(
        "def lambda_handler(event, context):\n"
        "    first = 1\n"
        "    second = float('nan')\n"
        "    third = sorted(event)\n"
        "    return {'first': first, 'second': second, 'third': third}\n",
        chain.add(COMPLAINER),
        environment={"UNUM_STREAMING": streaming},
    )
    assert chain.functions.invoke(writer, {}).payload["errorType"] == "Unum.NotJson"


def test_an_interpreter_that_is_not_there_is_named(chain: Chain) -> None:
    function = chain.add(PLAIN_WRITER, runtime="provided.al2023", environment={"UNUM_PYTHON": "/no/python"})
    error = chain.functions.invoke(function, {}).payload
    assert error["errorType"] == "Unum.InvalidSetting"
    assert error["errorMessage"].startswith("UNUM_PYTHON is `/no/python`"), error


@pytest.mark.parametrize("result", [{}, [], [1, {"a": 2}], "text", None, 5, {"": 1}, {"ключ": "значение"}])
def test_any_result_reaches_next_as_it_is(chain: Chain, rendezvous: Rendezvous, result: Any) -> None:
    writer = chain.add(
        "def lambda_handler(event, context):\n    return event\n",
        chain.add(
            "from rendezvous import arrive\ndef lambda_handler(event, context): arrive('next', event)\n"
        ),
    )
    assert chain.functions.invoke(writer, result).payload == result
    assert rendezvous.wait_for("next") == result


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("UNUM_STREAMING", "maybe"),
        ("UNUM_TTL_SECONDS", "-1"),
        ("UNUM_TTL_SECONDS", "21599"),
        ("UNUM_NEXT", "a,,b"),
        ("UNUM_LOG", "loud"),
        ("UNUM_METRICS", "statsd"),
        ("UNUM_TRACES", "zipkin"),
    ],
)
def test_a_wrong_setting_stops_the_function_at_its_start(chain: Chain, variable: str, value: str) -> None:
    function = chain.add(PLAIN_WRITER, environment={variable: value})
    error = chain.functions.invoke(function, {}).payload
    assert error["errorType"] == "Unum.InvalidSetting"
    assert error["errorMessage"].startswith(f"{variable} is `{value}`"), error


def test_why_a_handler_runs_as_written_is_logged_once(chain: Chain) -> None:
    writer = chain.add("def lambda_handler(event, context):\n    return event\n", chain.add(SIZES))
    for _ in range(2):
        chain.functions.invoke(writer, {})
    log = chain.functions.wait_for_log(writer, "runs as written")
    assert log.count("runs as written") == 1 and "app.py:2" in log, log


REDACTS = """
import json
dumps = json.dumps
def redacting(value, **options):
    if isinstance(value, dict):
        value.pop("password", None)
    return dumps(value, **options)
json.dumps = redacting
"""
TELLS_OF_A_USER = """
import json
import redacts
def load():
    return {"name": "u", "password": "p"}
def lambda_handler(event, context):
    user = load()
    body = json.dumps(user)
    return {"user": user, "body": body}
"""


def test_a_function_that_another_module_has_replaced_is_told_of_and_nothing_goes_ahead(chain: Chain) -> None:
    writer = chain.add(TELLS_OF_A_USER, chain.add(SIZES), files={"redacts.py": REDACTS})
    assert chain.functions.invoke(writer, {}).payload == {"user": {"name": "u"}, "body": '{"name": "u"}'}
    log = chain.functions.wait_for_log(writer, "runs as written")
    assert "`json.dumps` is not the function of this name any more" in log, log


def test_a_client_context_with_numbers_in_it(chain: Chain) -> None:
    function = chain.add("def lambda_handler(event, context):\n    return context.client_context.custom\n")
    result = chain.functions.invoke(function, {}, client_context={"custom": {"count": 3}})
    assert result.payload == {"count": 3}, json.dumps(result.payload)


KEYS = ["the first key, of thirty-two bytes", "the second key, of thirty-two bytes"]


def test_a_signed_chain_while_its_keys_are_exchanged(chain: Chain, rendezvous: Rendezvous) -> None:
    reader = chain.add(
        READER, environment={"UNUM_SIGNING_KEY": KEYS[1], "UNUM_SIGNING_KEY_PREVIOUS": KEYS[0]}, timeout=60
    )
    writer = chain.add(WRITER, reader, environment={"UNUM_SIGNING_KEY": KEYS[0]}, timeout=60)
    result = chain.functions.invoke(writer, {"n": 1, "place": "reader-started"})
    assert rendezvous.wait_for("reader-done") == result.payload


@pytest.mark.parametrize("key", [None, KEYS[0]])
def test_an_event_that_is_not_signed_with_the_readers_key_is_refused(
    chain: Chain, rendezvous: Rendezvous, key: str | None
) -> None:
    reader = chain.add(READER, environment={"UNUM_SIGNING_KEY": KEYS[1]})
    writer = chain.add(PLAIN_WRITER, reader, environment={"UNUM_SIGNING_KEY": key})
    chain.functions.invoke(writer, {})
    log = chain.functions.wait_for_log(reader, "UNUM_SIGNING_KEY")
    assert not rendezvous.has_come("reader-started")
    assert not any(key in log for key in KEYS)
