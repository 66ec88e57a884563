"""What travels between LocalStack, the Runtime API and a function: one invocation in, one outcome out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Event:
    """One invocation, as the Runtime API hands it to the runtime."""

    request_id: str
    function_arn: str
    payload: bytes
    deadline_ms: int
    """Unix time in milliseconds."""
    trace_id: str | None = None
    client_context: str | None = None
    """JSON text."""


@dataclass(frozen=True)
class Answer:
    """What the invoker gets to see."""

    payload: bytes
    is_error: bool = False
    log: str = ""
    """What Lambda adds to the function's own log, for an error that the function could not log itself."""

    @classmethod
    def error(cls, error_type: str, message: str, log: str = "") -> Answer:
        """An error that Lambda itself reports, in Lambda's own shape."""
        document = {"errorType": error_type, "errorMessage": message}
        return cls(json.dumps(document).encode(), is_error=True, log=log)


class Freeze(Enum):
    """When an environment's processes are stopped; see README.md, "Freezing"."""

    NEXT = "next"
    RESPONSE = "response"
    OFF = "off"
