"""The permissions that `attach.py` gives are those that the variables need, which it keeps, too."""

from __future__ import annotations

from typing import Any

import pytest

from attach_script import Script
from deployed import Deployed

READS, WRITES = {"BatchGetItem", "Query"}, {"PutItem", "Query"}
RECORDS = {"PutItem", "Query"}
TRACES = (["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*")
SETTINGS: dict[str, dict[str, str]] = {
    "none": {},
    "off": {"UNUM_CHECKPOINT": "false", "UNUM_TRACES": "off"},
    "checkpoint": {"UNUM_CHECKPOINT": "true"},
    "traces": {"UNUM_TRACES": "xray"},
    "both": {"UNUM_CHECKPOINT": "1", "UNUM_TRACES": "XRay"},
}


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("place", ["only", "first", "between", "last"])
def test_each_place_and_its_settings_get_what_they_need(
    script: Script, existing_stack: str, deployed: Deployed, field_table: str, place: str, settings: str
) -> None:
    one, other = deployed.names
    third = deployed.one_more() if place == "between" else other
    deployed.configure(one, Environment={"Variables": SETTINGS[settings]})
    functions, on_table = {
        "only": ([one], set()),
        "first": ([one, other], WRITES),
        "between": ([other, one, third], READS | WRITES),
        "last": ([other, one], READS),
    }[place]
    records, is_traced = settings in ("checkpoint", "both"), settings in ("traces", "both")
    if records:
        on_table = on_table | RECORDS
    expected: list[Any] = []
    if on_table:
        expected.append(([f"dynamodb:{action}" for action in sorted(on_table)], f"table/{field_table}"))
    if place in ("first", "between"):
        expected.append(("lambda:InvokeFunction", third))
    if is_traced:
        expected.append(TRACES)

    ended = script("--stack", existing_stack, *functions)
    assert ended.status == 0, ended.err
    _, variables, policies = deployed.state()[0]
    assert SETTINGS[settings].items() <= variables.items()
    assert list(policies.values()) == ([expected] if expected else [])
