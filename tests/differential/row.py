"""A row of the tables in rows/: what is deployed, what it is invoked with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HANDLERS = Path(__file__).parent / "handlers"

REQUEST_ID = "11111111-2222-3333-4444-{:012}"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
TRACE_ID = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"
FAR_AWAY = 4102444800000  # 2100


@dataclass(frozen=True)
class Event:
    """One invocation; a member that is None is a header that Lambda leaves out. Text is sent as UTF-8."""

    body: bytes | str = "{}"
    content_type: str | None = "application/json"
    deadline_ms: int | str | None = FAR_AWAY
    function_arn: str | None = FUNCTION_ARN
    trace_id: str | None = TRACE_ID
    client_context: str | None = None
    cognito_identity: str | None = None
    tenant_id: str | None = None
    invocation_id: str | None = None

    def headers(self, number: int) -> list[tuple[str, bytes]]:
        members = {
            "Lambda-Runtime-Aws-Request-Id": REQUEST_ID.format(number),
            "Content-Type": self.content_type,
            "Lambda-Runtime-Deadline-Ms": self.deadline_ms,
            "Lambda-Runtime-Invoked-Function-Arn": self.function_arn,
            "Lambda-Runtime-Trace-Id": self.trace_id,
            "Lambda-Runtime-Client-Context": self.client_context,
            "Lambda-Runtime-Cognito-Identity": self.cognito_identity,
            "Lambda-Runtime-Aws-Tenant-Id": self.tenant_id,
            "Lambda-Runtime-Invocation-Id": self.invocation_id,
        }
        return [(name, str(value).encode()) for name, value in members.items() if value is not None]

    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body.encode()


@dataclass(frozen=True)
class Row:
    name: str
    code: str | Path | Mapping[str, str | bytes]
    """The text of app.py, a file to take it from (see `shared`), or each file's content by its path in the task root."""
    events: Sequence[Event | str | bytes] = ("{}",)
    """Bodies alone are enough where the headers are ordinary."""
    handler: str = "app.handler"
    env: Mapping[str, str | None] = field(default_factory=dict)
    """On top of what Lambda sets; None takes a variable away."""
    options: Sequence[str] = ()
    """Of the interpreter."""
    pythons: Sequence[str] | None = None
    """Versions that have what the row is about; None: all of them."""
    streams: bool | None = None
    """True or False where it matters whether fields go ahead on the streaming side."""
    framed_log: bool = False
    """Whether the platform reads log records from a descriptor of their own (_LAMBDA_TELEMETRY_LOG_FD)."""
    end: str = "SIGKILL"
    """How the environment is ended once all events are answered; SIGTERM is what extensions bring about."""
    prepare: Callable[[Path, Path], None] | None = None
    """Called with the staged task root and the interpreter, for what files alone cannot say."""

    def stage(self, task_root: Path, python: Path) -> None:
        """Writes the task root anew: one side leaves nothing behind for the next."""
        shutil.rmtree(task_root, ignore_errors=True)
        task_root.mkdir(parents=True)
        for name, content in self._files().items():
            path = task_root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if self.prepare:
            self.prepare(task_root, python)

    def invocations(self) -> list[Event]:
        return [event if isinstance(event, Event) else Event(event) for event in self.events]

    def _files(self) -> Mapping[str, str | bytes]:
        if isinstance(self.code, Path):
            return {"app.py": self.code.read_bytes()}
        return {"app.py": self.code} if isinstance(self.code, str) else self.code


def shared(name: str) -> Path:
    """handlers/<name>.py, for rows that differ in the handler only."""
    return HANDLERS / f"{name}.py"


def returns(name: str, expression: str, *imports: str, **rest: object) -> Row:
    """The handler returns what `expression` gives."""
    head = "".join(f"import {module}\n" for module in imports)
    return Row(name, f"{head}def handler(event, context):\n    return {expression}\n", **rest)


def field_is(name: str, expression: str, *imports: str, **rest: object) -> Row:
    """The handler computes `expression` as the first of two fields, in the shape that streams."""
    head = "".join(f"import {module}\n" for module in imports)
    body = f'    first = {expression}\n    second = len(str(event))\n    return {{"first": first, "second": second}}\n'
    return Row(name, f"{head}def handler(event, context):\n{body}", **rest)


def words(text: str) -> list[str]:
    """Several short bodies or expressions in one text."""
    return text.split()
