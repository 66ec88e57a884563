"""What `sam-templates/existing/attach.py` refuses, warns of and says, and what it leaves as it was."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

import examples
from deployed import VARIABLES, Deployed
from functions import Functions, archive, unique_name

EXISTING = examples.ROOT / "existing"


@dataclass
class Ended:
    """How the script ended, and what it said."""

    status: int
    out: str
    err: str


@pytest.fixture
def deployed(functions: Functions, lambda_client: BaseClient, runtimes: list[str]) -> Iterator[Deployed]:
    made = Deployed(functions, lambda_client, boto3.client("iam"), runtimes[-1])
    yield made
    made.delete_roles()


@pytest.fixture(scope="module")
def layer(lambda_client: BaseClient) -> Iterator[str]:
    """A layer by the name that SAM gives it. Nothing is run here, so there is little in it."""
    version = lambda_client.publish_layer_version(
        LayerName="StreamingLayer",
        Content={"ZipFile": archive({"bootstrap": ""})},
        CompatibleArchitectures=["x86_64"],
    )
    yield version["LayerVersionArn"]
    lambda_client.delete_layer_version(LayerName="StreamingLayer", VersionNumber=version["Version"])


@pytest.fixture(scope="module")
def stack(endpoint: str, layer: str, field_table: str) -> Iterator[str]:
    """What is left of the template: its outputs."""
    name = unique_name()
    outputs = {"StreamingLayer": {"Value": layer}, "FieldStore": {"Value": field_table}}
    yield from made_stack(name, outputs)


def made_stack(name: str, outputs: dict[str, Any]) -> Iterator[str]:
    client = boto3.client("cloudformation")
    resources = {"Topic": {"Type": "AWS::SNS::Topic"}}
    client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources, "Outputs": outputs}))
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    yield name
    client.delete_stack(StackName=name)


class Script:
    """The script in this process, so that answers of AWS can be put in its way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self._session = boto3.Session()
        monkeypatch.syspath_prepend(EXISTING)

    def when(self, event: str, action: Callable[..., Any]) -> None:
        """`after-call.lambda.GetFunctionConfiguration` and the like, as botocore names its events."""
        self._session.events.register(event, action)

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


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Script:
    return Script(monkeypatch, capsys)


def hide_variables(parsed: dict[str, Any], **_: Any) -> None:
    """What Lambda answers to callers who may not use the key that encrypts the variables."""
    error = {"ErrorCode": "AccessDeniedException", "Message": "kms:Decrypt is not allowed"}
    parsed["Environment"] = {"Error": error}


@pytest.mark.parametrize("options", [[], ["--detach"]], ids=" ".join)
def test_variables_that_cannot_be_read_are_not_replaced(
    script: Script, stack: str, deployed: Deployed, options: list[str]
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    script.when("after-call.lambda.GetFunctionConfiguration", hide_variables)
    ended = script("--stack", stack, first, second, *options)
    assert ended.status == 1
    assert ended.err == (
        f"{first}: its variables cannot be read, and would be lost: AccessDeniedException: kms:Decrypt is not allowed\n"
        f"{second}: its variables cannot be read, and would be lost: AccessDeniedException: kms:Decrypt is not allowed\n"
        "nothing was changed"
    )
    assert deployed.state() == before


def test_what_somebody_else_changes_meanwhile_stays(script: Script, stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    theirs = {**VARIABLES, "MODE": "theirs"}

    def change(params: dict[str, Any], **_: Any) -> None:
        if first in params["url_path"]:
            deployed.configure(first, Environment={"Variables": theirs})

    script.when("before-call.lambda.UpdateFunctionConfiguration", change)
    ended = script("--stack", stack, first, second)
    assert ended.status == 1
    assert "somebody has changed it in the meantime: run the same command again" in ended.err
    layers, variables, _ = deployed.state()[0]
    assert (layers, variables) == ([deployed.other_layer], theirs)
