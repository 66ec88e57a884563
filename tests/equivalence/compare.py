"""Runs one handler as written and as it streams, and tells what a user could notice of the difference."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cases import Staged

from worker.driver import InitFailed, Outcome, Ready, Worker

# Strings whole, and what structures what is around them, as the encoder spaces it.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[:,] ')
_OUTPUT = ("stdout", "stderr")
# In log lines.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass
class Runs:
    """What the two ways of running one handler gave, invocation by invocation."""

    events: list = field(default_factory=list)
    plain: list[Outcome] = field(default_factory=list)
    streamed: list[Outcome] = field(default_factory=list)
    init: list[str] = field(default_factory=list)
    """Differences before the first invocation."""
    keys: tuple[str, ...] = ()

    @property
    def early(self) -> set[str]:
        return {name for outcome in self.streamed for name, _ in outcome.early}

    def differences(self) -> list[str]:
        found = list(self.init)
        for number, (plain, streamed) in enumerate(zip(self.plain, self.streamed, strict=True)):
            event = json.dumps(self.events[number])
            found += [
                f"invocation {number}, event {event}: {one}"
                for one in differences(plain, streamed, self.keys)
            ]
        return found


def run(staged: Staged, events: list, python: Path, version: str) -> Runs:
    """Every event twice in a row, on one worker that stays warm."""
    runs = Runs([event for event in events for _ in range(2)], keys=staged.keys)
    one, other = _Sandbox(staged, python, version, "plain"), _Sandbox(staged, python, version, "streamed")
    with one, other:
        runs.init = [*_differing(one.start(), other.start(), ("outcome", "document", "stdout", "stderr"))]
        for event in runs.events if one.is_ready and other.is_ready else ():
            runs.plain.append(one.invoke(event))
            runs.streamed.append(other.invoke(event))
    return runs


class _Sandbox:
    """A worker that is started again after the handler ended its process."""

    def __init__(self, staged: Staged, python: Path, version: str, mode: str):
        self._staged = staged
        self._python = python
        self._streams = mode == "streamed"
        self._env = {
            "PATH": os.environ["PATH"],
            "LAMBDA_TASK_ROOT": str(staged.folder),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
        }
        self._worker: Worker | None = None
        self.is_ready = False

    def __enter__(self) -> _Sandbox:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop()

    def start(self) -> dict:
        """What is to be seen of the start."""
        self._stop()
        self._worker = Worker(self._python, env=self._env, cwd=self._staged.folder)
        settings: dict = {"handler": self._staged.handler}
        text = self._staged.transformed if self._streams else ""
        if text:
            settings |= self._staged.settings
        begun = self._worker.init(settings, text)
        self.is_ready = isinstance(begun, Ready)
        document = begun.document if isinstance(begun, InitFailed) else None
        seen = {"outcome": type(begun).__name__, "document": document}
        return {**seen, "stdout": begun.stdout, "stderr": begun.stderr}

    def invoke(self, event: object) -> Outcome:
        if self._worker is None:
            self.start()
        assert self._worker is not None
        outcome = self._worker.invoke(event, publish=self._streams)
        if outcome.kind == "exited":
            self._stop()
        return outcome

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.close()
        self._worker = None


def differences(plain: Outcome, streamed: Outcome, keys: tuple[str, ...]) -> list[str]:
    """One line for each thing that is not the same, or that next would see and must not."""
    names = (
        "kind",
        "exit_code",
        "content_type",
        "body",
        "error_type",
        "document",
        "cause",
        "stdout",
        "stderr",
    )
    found = [*_differing(_seen(plain), _seen(streamed), names)]
    if plain.early or plain.late:
        found.append(f"something was published without streaming: {plain.early + plain.late}")
    return found + [*_wrong_in_event(plain, streamed, keys)]


def _seen(outcome: Outcome) -> dict:
    seen = dict(vars(outcome))
    if outcome.cause:  # a set in no order
        seen["cause"] = {**outcome.cause, "paths": sorted(outcome.cause["paths"])}
    return seen


def _differing(plain: dict, streamed: dict, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        one, other = (
            _TIME.sub("TIME", seen[name]) if name in _OUTPUT else seen[name] for seen in (plain, streamed)
        )
        if one != other:
            yield f"{name}: {_short(one)} as written, {_short(other)} streamed"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 2000 else f"{text[:1000]} ... {text[-1000:]}"


def _wrong_in_event(plain: Outcome, streamed: Outcome, keys: tuple[str, ...]) -> Iterator[str]:
    """What is wrong in the event of next, put together from the published fields and the late ones."""
    early = [name for name, _ in streamed.early]
    if len({*early}) != len(early):
        yield f"published twice: {early}"
    if not {*early} <= {*keys}:
        yield f"published, but no key of the result: {early}, {keys}"
    if plain.kind != "returned" or streamed.kind != "returned":
        return  # a handler that raised may have published; next is told
    if not early:
        if streamed.late:
            yield f"late fields without an early one: {streamed.late}"
        return
    texts = members(plain.body)
    if texts is None:
        yield f"published, but the result is no object: {early}"
        return
    pairs = streamed.early + streamed.late
    if sorted(name for name, _ in pairs) != sorted(keys):
        yield f"early and late fields are not the result's: {pairs}, {keys}"
        return
    sent = {name: text.decode() for name, text in pairs}
    event = [(key, sent[key]) for key in keys]
    if event != texts:
        yield f"next sees {_short(event)} instead of {_short(texts)}"


def members(body: bytes) -> list[tuple[str, str]] | None:
    """The keys of an object as the encoder writes it, and the text of each value as it stands there, however deep."""
    text = body.decode()
    if not text.startswith("{"):
        return None
    found = []
    depth = 0
    key, start = "", None
    for token in _TOKEN.finditer(text):
        depth += (token[0] in "[{") - (token[0] in "]}")
        if start is None and token[0].startswith('"'):
            key = json.loads(token[0])
        elif depth == 1 and token[0] == ": ":
            start = token.end()
        elif start is not None and (depth == 0 or depth == 1 and token[0] == ", "):
            found.append((key, text[start : token.start()]))
            start = None
    return found
