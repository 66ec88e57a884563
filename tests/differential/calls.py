"""Rows whose handler calls functions of handlers/, so that each of them streams a field before it does so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from differential.row import Event, Row, shared

APP = """\
import {module}


def handler(event, context):
    first = {{"ready": [1]}}
    second = {function}(event, context)
    return {{"first": first, "second": second}}
"""


def calls(
    module: str,
    function: str,
    *events: object,
    name: str | None = None,
    files: Mapping[str, str] | None = None,
    **rest: object,
) -> Row:
    """Calls `function` of handlers/<module>.py; events are Events or values. `files` are more of the task root."""
    return _row(name or function, module, f"{_import_name(module)}.{function}", events, files, rest)


def calls_each(
    name: str, module: str, *functions: str, event: Mapping[str, object] | None = None, **rest: object
) -> Row:
    """One environment, one invocation for each of these functions, however the one before has ended."""
    events = [{"call": function, **(event or {})} for function in functions]
    return _row(name, module, f'getattr({_import_name(module)}, event["call"])', events, None, rest)


def direct(module: str, function: str, *events: object, name: str | None = None, **rest: object) -> Row:
    """The handler is `function` of handlers/<module>.py itself."""
    bodies = _bodies(events)
    return Row(name or f"{function}_itself", shared(module), bodies, handler=f"app.{function}", **rest)


def _row(
    name: str,
    module: str,
    function: str,
    events: Iterable[object],
    files: Mapping[str, str] | None,
    rest: Mapping[str, object],
) -> Row:
    code = {
        "app.py": APP.format(module=_import_name(module), function=function),
        f"{_import_name(module)}.py": shared(module).read_bytes(),
        **(files or {}),
    }
    return Row(name, code, _bodies(events), **{"streams": True, **rest})


def _import_name(module: str) -> str:
    return module.rpartition("/")[2]


def _bodies(events: Iterable[object]) -> list[Event | str]:
    return [event if isinstance(event, Event) else json.dumps(event) for event in events or ({},)]
