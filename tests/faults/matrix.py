"""The crash matrix: everything that can go wrong at every step that a chain without faults is seen to take."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from faults import check
from faults.plan import Fault, Plan, Step, faults_at
from faults.workflow import Workflow
from lambda_process import Managed

MODES: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "checkpoint": {"UNUM_CHECKPOINT": "true"},
    "strict": {"UNUM_STRICT": "true"},
    "both": {"UNUM_STRICT": "true", "UNUM_CHECKPOINT": "true"},
}
# How long handlers work between their fields. A busy machine may read a run's record too late for the first one: then
# nothing goes ahead, and steps of streaming do not come by.
PAUSES_S = (0.05, 0.3, 1.5)


@dataclass(frozen=True)
class Cell:
    mode: str
    fault: Fault

    def __str__(self) -> str:
        return f"{self.mode}: {self.fault}"


@dataclass(frozen=True)
class Verdict:
    cell: Cell
    outcome: str
    complaints: list[str]
    is_reached: bool
    """Whether the cell's step came by."""


@dataclass(frozen=True)
class Machine:
    """What the processes are made of."""

    layer: Path
    runtime: Managed

    def steps(self, mode: str) -> list[Step]:
        """Of a chain without faults, in the order in which they come."""
        with tempfile.TemporaryDirectory() as folder:
            workflow = Workflow(self.layer, self.runtime, Path(folder), MODES[mode], pause_s=PAUSES_S[1])
            chain = workflow.run(0, Plan())
            assert not workflow.close()
        assert check.outcome(chain) == "completed" and not check.complaints(chain, MODES[mode])
        return list(dict.fromkeys(workflow.steps))

    def cells(self) -> Iterator[Cell]:
        for mode in MODES:
            for step in self.steps(mode):
                for fault in faults_at(step):
                    yield Cell(mode, fault)

    def try_out(self, cell: Cell) -> Verdict:
        for pause_s in PAUSES_S:
            verdict = self._try_out(cell, pause_s)
            if verdict.complaints or verdict.is_reached:
                break
        return verdict

    def _try_out(self, cell: Cell, pause_s: float) -> Verdict:
        plan = Plan([cell.fault])
        with tempfile.TemporaryDirectory() as folder:
            workflow = Workflow(self.layer, self.runtime, Path(folder), MODES[cell.mode], pause_s=pause_s)
            chain = workflow.run(0, plan)
            left_over = workflow.close()
        complaints = check.complaints(chain, MODES[cell.mode])
        if left_over:
            complaints.append(f"processes were left: {left_over}")
        return Verdict(cell, check.outcome(chain), complaints, is_reached=bool(plan.happened))
