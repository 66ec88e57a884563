"""What must be true of a chain, whatever went wrong: docs/guarantees.md in terms of what can be seen from outside."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping

from faults.workflow import Chain


def complaints(chain: Chain, settings: Mapping[str, str]) -> list[str]:
    """Guarantees that were broken, with these settings of all functions."""
    checkpoint, strict = ("UNUM_CHECKPOINT" in settings, "UNUM_STRICT" in settings)
    return [
        *chain.complaints,
        *_mixed(chain),
        *_stuck(chain),
        *_lost(chain),
        *(_not_once(chain) if checkpoint else ()),
        *(_from_several_attempts(chain) if checkpoint and strict else ()),
    ]


def outcome(chain: Chain) -> str:
    if _completed(chain):
        return "completed"
    failed = sorted(
        {ending.function for ending, is_last in chain.endings if is_last and not ending.succeeded}
    )
    return f"failed in {' and '.join(failed)}"


def _completed(chain: Chain) -> bool:
    return any(ending.succeeded and ending.function == "C" for ending, _ in chain.endings)


def _mixed(chain: Chain) -> list[str]:
    return [
        f"{function} met values of several attempts in one event: {marks}"
        for function, marks in chain.seen
        if len(set(marks)) > 1
    ]


def _stuck(chain: Chain) -> list[str]:
    """Every function has time to report: who ran into its deadline has waited for something too long."""
    return [
        f"{ending.function} did not report before its deadline"
        for ending, _ in chain.endings
        if ending.kind == "timeout"
    ]


def _lost(chain: Chain) -> list[str]:
    if _completed(chain):
        return []
    if not any(fault.lasts for fault in chain.plan.happened):
        return ["what happened once kept the chain from completing"]
    last = [ending for ending, is_last in chain.endings if is_last and not ending.succeeded]
    if not last:
        return ["the chain has neither completed nor failed"]
    return [
        f"{ending.function} failed without a cause: {ending.kind} {ending.body!r}"
        for ending in last
        if not (ending.kind == "error" and json.loads(ending.body)["errorMessage"])
    ]


def _not_once(chain: Chain) -> list[str]:
    """With checkpoints, each function has one result, however often it was run."""
    return [
        f"{name} reported {len(bodies)} results"
        for name, bodies in _results(chain).items()
        if len(bodies) > 1
    ]


def _from_several_attempts(chain: Chain) -> list[str]:
    """In strict mode with checkpoints, what C made its result of is what A and B have reported."""
    results = _results(chain)
    if any(len(results[name]) != 1 for name in ("A", "B", "C")):
        return []
    reported = {name: json.loads(body) for name, bodies in results.items() for body in bodies}
    met = (reported["C"]["of_a"], reported["C"]["of_b"])
    own = (reported["A"]["first"][1], reported["B"]["head"][1])
    return [] if met == own else [f"C's result is made of {met}, and A and B have reported {own}"]


def _results(chain: Chain) -> dict[str, set[bytes]]:
    """What each function has reported as its result."""
    results: dict[str, set[bytes]] = defaultdict(set)
    for ending, _ in chain.endings:
        if ending.succeeded:
            results[ending.function].add(ending.body)
    return results
