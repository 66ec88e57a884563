"""The script in `sam-templates/existing`, run so that answers of AWS can be put in its way."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import examples

EXISTING = examples.ROOT / "existing"


@dataclass
class Ended:
    """How the script ended, and what it said."""

    status: int
    out: str
    err: str


class Script:
    """The script in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self._session = boto3.Session()
        monkeypatch.syspath_prepend(EXISTING)

    def when(self, event: str, action: Callable[..., Any]) -> None:
        """`after-call.lambda.GetFunctionConfiguration` and the like, as botocore names its events."""
        self._session.events.register(event, action)

    def forget_all(self) -> None:
        self._session = boto3.Session()

    def __call__(self, *arguments: str) -> Ended:
        self._monkeypatch.setattr(boto3, "DEFAULT_SESSION", self._session)
        self._monkeypatch.setattr("sys.argv", ["attach.py", *arguments])
        self._capsys.readouterr()
        status = 0
        try:
            importlib.import_module("attach").main()
        except SystemExit as ended:
            status = 1 if isinstance(ended.code, str) else ended.code or 0
            said = ended.code if isinstance(ended.code, str) else ""
        else:
            said = ""
        self._monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        out, err = self._capsys.readouterr()
        return Ended(status, out, f"{err}{said}")


def made_stack(name: str, outputs: dict[str, Any]) -> Iterator[str]:
    client = boto3.client("cloudformation")
    resources = {"Topic": {"Type": "AWS::SNS::Topic"}}
    client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources, "Outputs": outputs}))
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    yield name
    client.delete_stack(StackName=name)


def long_ago(**since: float) -> Callable[..., None]:
    """Makes functions look as if they had not been changed since."""

    def change(parsed: dict[str, Any], **_: Any) -> None:
        time = datetime.now(UTC) - timedelta(**since)
        parsed["LastModified"] = time.strftime("%Y-%m-%dT%H:%M:%S.000%z")

    return change


def denied(params: dict[str, Any], model: Any, **_: Any) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, model.name)
