"""What goes wrong, and where: a step is a place in the protocol, a fault is what happens there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from threading import Lock

# Of a store or of next, once: what a second try would pass.
PASSING = ("500", "503", "throttled", "reset", "lost", "cut", "slow", "page", "json")
# From then on: what no retry helps against.
LASTING = ("denied", "missing", "expired", "skewed", "kms", "garbage")


# Who starts chains; not a function of ours.
CLIENT = "client"


@dataclass(frozen=True, order=True)
class Step:
    """`A put f:second`: the function that acts, what it does, and to what."""

    function: str
    action: str
    """`read`, `put`, `invoke` or `report`."""
    subject: str

    @property
    def is_request(self) -> bool:
        """To AWS; the others are to the Runtime API."""
        return self.action != "report"

    def __str__(self) -> str:
        return f"{self.function} {self.action} {self.subject}"


class Moment(Enum):
    BEFORE = "before"
    """Nothing has happened yet."""
    AFTER = "after"
    """It has happened, and who asked for it does not know yet."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong at a step."""

    step: Step
    kind: str
    """One of PASSING or LASTING, `duplicate`, or `kill bootstrap` and `kill worker`."""
    moment: Moment = Moment.BEFORE
    lasts: bool = False

    @property
    def is_kill(self) -> bool:
        return self.kind.startswith("kill ")

    def __str__(self) -> str:
        when = f" {self.moment.value} it" if self.is_kill else ""
        return f"{self.step}: {self.kind}{when}{', for good' if self.lasts else ''}"


class Plan:
    """The faults of one chain, each of which happens where its step first comes by; for good if it lasts."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._open = list(faults)
        self._lock = Lock()
        self.happened: list[Fault] = []

    def at(self, step: Step) -> Fault | None:
        with self._lock:
            for fault in self._open:
                if fault.step == step:
                    if not fault.lasts:
                        self._open.remove(fault)
                    self.happened.append(fault)
                    return fault
        return None


def faults_at(step: Step, killable: Sequence[str] = ("bootstrap", "worker")) -> Iterator[Fault]:
    """Everything that can go wrong at a step."""
    if step.action == "invoke":
        yield Fault(step, "duplicate")
    if step.function == CLIENT:
        return
    for process in killable:
        for moment in Moment:
            yield Fault(step, f"kill {process}", moment)
    if step.is_request:
        for kind in PASSING:
            yield Fault(step, kind)
        for kind in LASTING:
            yield Fault(step, kind, lasts=True)
