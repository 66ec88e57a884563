"""How much is measured: the whole report in a quarter of an hour, or a look for blunders in a minute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Wait:
    """Readers that wait about so long for a field, again and again."""

    seconds: float
    environments: int
    runs: int
    """Of each environment."""
    before: int = 1
    """So many are not counted: the first opens connections and knows nothing, and more of them teach the reader more."""
    source_before: int = 0
    """So often the source's environment has run before the reader's began; it runs each time, and tells when the field came."""


@dataclass(frozen=True)
class Plan:
    versions: tuple[str, ...]
    """Of the cold start; those that this machine lacks are left out."""
    cold_starts: int
    memory_runs: int
    warm_rounds: dict[str, int]
    publish_invocations: int
    publish_store_ms: tuple[float, ...]
    waits: tuple[Wait, ...]
    chain_runs: int
    field_counts: tuple[int, ...]
    result_megabytes: tuple[float, ...]
    stage_counts: tuple[int, ...]
    chains_at_once: tuple[int, ...]
    scaling_runs: int
    transform: bool
    """Whether criterion is asked, which builds its benchmark."""

    def on(self, versions: Iterable[str]) -> Plan:
        """The same on a machine that has these interpreters."""
        there = set(versions)
        found = tuple(version for version in self.versions if version in there)
        if not found:
            raise SystemExit(f"bench: none of Python {', '.join(self.versions)} is here")
        return replace(self, versions=found)

    @property
    def version(self) -> str:
        """Of everything but the cold start: what most functions run on, if it is there."""
        return "3.12" if "3.12" in self.versions else self.versions[0]


FULL = Plan(
    versions=("3.11", "3.12", "3.13"),
    cold_starts=40,
    memory_runs=5,
    warm_rounds={"100 B": 1000, "10 KB": 400, "1 MB": 75, "1 MB returned": 75},
    publish_invocations=20,
    publish_store_ms=(0, 4, 50),
    waits=(
        Wait(0.03, 1, 100),
        Wait(0.1, 1, 100),
        Wait(0.3, 2, 50),
        Wait(1, 3, 17),
        Wait(1, 3, 34, before=16),
        Wait(1, 3, 17, source_before=64),
        Wait(3, 5, 20),
        Wait(3, 5, 20, before=16),
        Wait(3, 5, 20, source_before=64),
        Wait(10, 12, 10),
        Wait(10, 12, 10, before=16),
        Wait(10, 12, 10, source_before=64),
    ),
    chain_runs=9,
    field_counts=(10, 30, 100, 300, 1000),
    result_megabytes=(0.1, 0.3, 1, 3, 5.9),
    stage_counts=(2, 5, 10, 20),
    chains_at_once=(1, 3, 10, 30, 100),
    scaling_runs=5,
    transform=True,
)

BRIEF = Plan(
    versions=("3.12",),
    cold_starts=5,
    memory_runs=1,
    warm_rounds={"100 B": 60, "1 MB": 5},
    publish_invocations=3,
    publish_store_ms=(0, 50),
    waits=(Wait(0.3, 1, 10), Wait(1, 2, 4), Wait(1, 2, 4, source_before=64)),
    chain_runs=2,
    field_counts=(30, 300),
    result_megabytes=(),
    stage_counts=(),
    chains_at_once=(1, 10),
    scaling_runs=2,
    transform=False,
)
