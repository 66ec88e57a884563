"""A chain keeps its guarantees whatever goes wrong: a share of the crash matrix, and proof that the checks can fail.

`make faults` tries every cell.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from faults import check
from faults.function import Ending
from faults.matrix import MODES, Cell, Machine
from faults.plan import LASTING, PASSING, Fault, Plan, Step
from faults.workflow import Chain, unacknowledged, unconfirmed
from lambda_process import managed

# One cell in so many; all of them with UNUM_FAULTS=all.
SHARE = 1 if os.environ.get("UNUM_FAULTS") == "all" else 19
AT_ONCE = 4


@pytest.fixture(scope="module")
def machine(layer_folder: Path) -> Machine:
    return Machine(layer_folder, list(managed().values())[-1])


def test_every_guarantee_holds_in_every_cell(machine: Machine) -> None:
    cells = list(machine.cells())[::SHARE]
    with ThreadPoolExecutor(AT_ONCE) as at_once:
        verdicts = list(at_once.map(machine.try_out, cells))
    outcomes = sorted({verdict.outcome for verdict in verdicts})
    counts = {outcome: sum(verdict.outcome == outcome for verdict in verdicts) for outcome in outcomes}
    print("\n".join(f"{count:4} {outcome}" for outcome, count in counts.items()))
    broken = [f"{verdict.cell}: {verdict.complaints}" for verdict in verdicts if verdict.complaints]
    assert not broken, "\n".join(broken)
    assert not [str(verdict.cell) for verdict in verdicts if not verdict.is_reached]


def test_the_matrix_has_every_kind_of_fault_at_every_kind_of_step(machine: Machine) -> None:
    cells: list[Cell] = list(machine.cells())
    kinds = {cell.fault.kind for cell in cells}
    assert kinds == {*PASSING, *LASTING, "duplicate", "kill bootstrap", "kill worker"}
    seen = {mode: {str(cell.fault.step) for cell in cells if cell.mode == mode} for mode in MODES}
    assert {"A read run", "A invoke B", "A put f:second", "B read stream", "A report response"} <= seen[
        "plain"
    ]
    assert {"A put !complete", "A put !result", "C put !result"} <= seen["both"] - seen["plain"]


def test_only_lambdas_own_answer_says_that_next_has_its_event(machine: Machine) -> None:
    """A proxy's page with status 200 once stood for it, and the event was lost."""
    verdict = machine.try_out(Cell("plain", Fault(Step("A", "invoke", "B"), "page")))
    assert (verdict.outcome, verdict.complaints) == ("completed", [])


@pytest.mark.parametrize("step", [Step("A", "put", "f:third"), Step("B", "read", "stream")], ids=str)
def test_only_dynamodbs_own_answer_says_what_is_stored(machine: Machine, step: Step) -> None:
    """Any JSON with status 200 once stood for it: the field was lost, and its reader waited to the end."""
    verdict = machine.try_out(Cell("plain", Fault(step, "json")))
    assert (verdict.outcome, verdict.complaints) == ("completed", [])


# Below: chains as they must not be.

LASTS = Fault(Step("A", "invoke", "B"), "denied", lasts=True)
RESULT = {"first": [0, "m"], "second": [0, "m"], "third": [0, "m"]}


def ended(function: str, kind: str = "response", body: object = None) -> Ending:
    return Ending(function, "r", kind, json.dumps(body).encode())


def whole(of_a: str) -> list[Ending]:
    """A chain that completed; C's result is made of values of this attempt of A's."""
    c = {"of_a": of_a, "of_b": "b"}
    return [ended("A", body=RESULT), ended("B", body={"head": [0, "b"]}), ended("C", body=c)]


def chain(*endings: Ending, fault: Fault | None = None) -> Chain:
    plan = Plan()
    plan.happened = [fault] if fault else []
    return Chain(0, plan, endings=[(ending, True) for ending in endings])


def test_a_chain_that_is_all_right() -> None:
    assert check.complaints(chain(*whole("m")), MODES["both"]) == []


def test_a_result_of_another_attempts_values_is_noticed() -> None:
    (complaint,) = check.complaints(chain(*whole("n")), MODES["both"])
    assert complaint == "C's result is made of ('n', 'b'), and A and B have reported ('m', 'b')"


def test_values_of_two_attempts_are_noticed() -> None:
    mixed = chain(ended("C"))
    mixed.seen = [("B", ["m", "m"]), ("C", ["m", "n"])]
    assert check.complaints(mixed, MODES["plain"]) == [
        "C met values of several attempts in one event: ['m', 'n']"
    ]


@pytest.mark.parametrize(
    ("endings", "fault", "words"),
    [
        ([ended("A"), ended("B", "timeout")], LASTS, "did not report before its deadline"),
        ([ended("A")], LASTS, "neither completed nor failed"),
        ([ended("A"), ended("B", "error", {"errorMessage": "x"})], None, "kept the chain from completing"),
        ([ended("A"), ended("B", "error", {"errorMessage": ""})], LASTS, "failed without a cause"),
        ([ended("A"), ended("B", "exit")], LASTS, "failed without a cause"),
        ([ended("C", body=1), ended("C", body=2)], None, "C reported 2 results"),
    ],
)
def test_what_is_broken_is_noticed(endings: list[Ending], fault: Fault | None, words: str) -> None:
    assert words in check.complaints(chain(*endings, fault=fault), MODES["both"])[0]


class Nothing:
    """A cloud whose table is empty."""

    def fields(self, stream: str) -> dict[str, object]:
        return {}


def test_a_success_without_its_fields_is_noticed() -> None:
    written = chain()
    success = ended("A", body=RESULT)
    assert "has never accepted" in unacknowledged(success, written, Nothing())[0]
    event = {"first": [0, "m"], "__unum__": {"stream": "s", "futures": ["second"]}}
    written.accepted = [("B", json.dumps(event).encode())]
    assert "`second` is stored as null" in unacknowledged(success, written, Nothing())[0]


def test_a_strict_success_before_its_source_is_whole_is_noticed() -> None:
    read = chain()
    read.accepted = [("B", json.dumps({"first": [0, "m"], "__unum__": {"stream": "s"}}).encode())]
    success = ended("B", body={"rest": [0, "b", "m", "m"]})
    assert unconfirmed(success, read, Nothing()) == ["B reported a success before the stream of A was whole"]
