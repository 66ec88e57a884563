"""What `sam-templates/existing/attach.py` refuses, warns of and says, and what it leaves as it was."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

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


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Script:
    return Script(monkeypatch, capsys)


def hide_variables(parsed: dict[str, Any], **_: Any) -> None:
    """What Lambda answers to callers who may not use the key that encrypts the variables."""
    error = {"ErrorCode": "AccessDeniedException", "Message": "kms:Decrypt is not allowed"}
    parsed["Environment"] = {"Error": error}


@pytest.mark.parametrize("options", [[], ["--detach"], ["--detach", "--now"]], ids=" ".join)
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


NO_FUNCTION = {
    "a b": "a b is not the name of a function",
    "first:1": "first:1 is a published version, and only the unpublished version can be changed: "
    "name first, then publish a version and move your alias to it",
    "arn:aws:lambda:us-east-1:000000000000:function:first:live": "arn:aws:lambda:us-east-1:000000000000:function:first:live "
    "is an alias, and only the unpublished version can be changed: "
    "name arn:aws:lambda:us-east-1:000000000000:function:first, then publish a version and move your alias to it",
}


@pytest.mark.parametrize("name", NO_FUNCTION)
def test_what_is_no_function_is_refused(script: Script, stack: str, name: str) -> None:
    ended = script("--stack", stack, name, "second")
    assert (ended.status, ended.err) == (1, f"{NO_FUNCTION[name]}\nnothing was changed")


def test_the_unpublished_version_and_arns_are_names_too(
    script: Script, stack: str, deployed: Deployed, lambda_client: BaseClient
) -> None:
    first, second = deployed.names
    arn = lambda_client.get_function_configuration(FunctionName=second)["FunctionArn"]
    ended = script("--stack", stack, f"{first}:$LATEST", f"{arn}:$LATEST")
    assert ended.status == 0, ended.err
    _, variables, policies = deployed.state()[0]
    assert variables["UNUM_NEXT"] == second
    assert policies[f"unum-streaming-{first}"][1] == ("lambda:InvokeFunction", second)
    assert arn in ended.out


def test_a_function_is_named_once(script: Script, stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    ended = script("--stack", stack, first, second, first)
    assert (ended.status, ended.err) == (
        1,
        f"{first} is named twice: a result would come back to it\nnothing was changed",
    )


def test_the_first_must_not_be_somebody_elses_next(script: Script, stack: str, deployed: Deployed) -> None:
    """With UNUM_ENTRY it would take the envelopes that it is sent for data."""
    first, second = deployed.names
    assert script("--stack", stack, first, second).status == 0
    attached = deployed.state()
    ended = script("--stack", stack, second)
    assert (ended.status, ended.err) == (
        1,
        f"{second} has the layer without UNUM_ENTRY, so another function may send to it: "
        "name the whole chain, first to last, or set UNUM_ENTRY=true if none does\nnothing was changed",
    )
    assert deployed.state() == attached


def test_who_loses_its_next_is_told(script: Script, stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    deployed.configure(second, Environment={"Variables": {"UNUM_NEXT": "third,fourth"}})
    ended = script("--stack", stack, first, second)
    assert ended.status == 0
    assert f"{second} had UNUM_NEXT=third,fourth\n" in ended.err
    assert "UNUM_NEXT" not in deployed.state()[1][1]
    assert "UNUM_NEXT" not in script("--stack", stack, first, second).err


def test_another_processor_has_its_page(script: Script, stack: str, deployed: Deployed) -> None:
    def on_arm(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Architectures"] = ["arm64"]

    script.when("after-call.lambda.GetFunctionConfiguration", on_arm)
    ended = script("--stack", stack, *deployed.names)
    assert ended.status == 1
    assert f"{deployed.names[0]} runs on arm64, the layer on x86_64: see docs/arm64.md\n" in ended.err


def test_unknown_functions_are_all_named(script: Script, stack: str, deployed: Deployed) -> None:
    region = os.environ["AWS_DEFAULT_REGION"]
    ended = script("--stack", stack, deployed.names[0], "one", "other")
    assert ended.status == 1
    assert ended.err == (
        f"there is no function one in {region}\nthere is no function other in {region}\nnothing was changed"
    )


def test_a_stack_has_to_be_there_and_the_right_one(script: Script, endpoint: str, deployed: Deployed) -> None:
    region = os.environ["AWS_DEFAULT_REGION"]
    ended = script("--stack", "none-such", *deployed.names)
    assert (ended.status, ended.err) == (
        1,
        f"there is no stack none-such in {region}\nnothing was changed",
    )
    for name in made_stack(unique_name(), {"FieldStore": {"Value": "fields"}}):
        ended = script("--stack", name, *deployed.names)
        assert (ended.status, ended.err) == (
            1,
            f"stack {name} has no output StreamingLayer: it has to be one that this folder's template.yaml made\n"
            "nothing was changed",
        )


def test_more_variables_than_lambda_takes_are_refused(script: Script, stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    deployed.configure(second, Environment={"Variables": {"MODE": "x" * 4080}})
    before = deployed.state()
    ended = script("--stack", stack, first, second)
    assert ended.status == 1
    assert f"{second} would have 41" in ended.err
    assert "bytes of variables, and Lambda takes 4096" in ended.err
    assert deployed.state() == before


def long_ago(**since: float) -> Callable[..., None]:
    """Makes functions look as if they had not been changed since."""

    def change(parsed: dict[str, Any], **_: Any) -> None:
        time = datetime.now(UTC) - timedelta(**since)
        parsed["LastModified"] = time.strftime("%Y-%m-%dT%H:%M:%S.000%z")

    return change


def denied(params: dict[str, Any], model: Any, **_: Any) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, model.name)


def test_half_way_it_says_what_is_done_and_goes_on_later(
    script: Script, stack: str, deployed: Deployed
) -> None:
    before, (first, second) = deployed.state(), deployed.names

    def deny_first(params: dict[str, Any], **more: Any) -> None:
        if first in str(params["body"]):
            denied(params, **more)

    script.when("before-call.iam.PutRolePolicy", deny_first)
    ended = script("--stack", stack, first, second)
    assert ended.status == 1
    # The first line is about timeouts.
    assert ended.err.splitlines()[1:] == [
        f"{first}, policy unum-streaming-{first}: "
        "An error occurred (AccessDenied) when calling the PutRolePolicy operation: not you",
        f"done: {second}, policy unum-streaming-{second}",
        f"done: {second}, layers and variables",
        f"done: {second}, wait until they hold",
        f"not done: {first}, policy unum-streaming-{first}",
        f"not done: {first}, layers and variables",
        f"not done: {first}, wait until they hold",
        "what is done may stay: the same command does the rest, once this is mended",
    ]
    halfway = deployed.state()
    assert halfway[0] == before[0] and halfway[1] != before[1]

    script.forget_all()
    assert script("--stack", stack, first, second).status == 0
    assert deployed.state()[0] != before[0] and deployed.state()[1] == halfway[1]


def test_a_dry_run_shows_layers_and_permissions(
    script: Script, stack: str, deployed: Deployed, layer: str, field_table: str
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    ended = script("--stack", stack, first, second, "--dry-run")
    assert ended.status == 0, ended.err
    arn, table = layer.rpartition(":layer:")[0], f"table/{field_table}"
    assert ended.out.splitlines() == [
        f"{second}: AWS_LAMBDA_EXEC_WRAPPER=/opt/bootstrap UNUM_TABLE={field_table}",
        f"  layers: {deployed.other_layer}, {layer}",
        f"  policy unum-streaming-{second} of role {second}: dynamodb:BatchGetItem, dynamodb:Query on "
        f"{arn.replace(':lambda:', ':dynamodb:')}:{table}",
        f"{first}: AWS_LAMBDA_EXEC_WRAPPER=/opt/bootstrap UNUM_TABLE={field_table} UNUM_NEXT={second} UNUM_ENTRY=true",
        f"  layers: {deployed.other_layer}, {layer}",
        f"  policy unum-streaming-{first} of role {first}: dynamodb:PutItem, dynamodb:Query on "
        f"{arn.replace(':lambda:', ':dynamodb:')}:{table}; lambda:InvokeFunction on {arn}:function:{second}",
    ]
    assert deployed.state() == before


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("AWS_ACCESS_KEY_ID", "there are no AWS credentials: log in, or set AWS_PROFILE"),
        ("AWS_DEFAULT_REGION", "it is not known which region is meant: set AWS_DEFAULT_REGION"),
    ],
)
def test_without_an_account_there_is_no_traceback(endpoint: str, missing: str, sentence: str) -> None:
    nothing = {name: os.devnull for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")}
    environment = {**os.environ, **nothing, "AWS_EC2_METADATA_DISABLED": "true"}
    environment.pop(missing)
    command = [sys.executable, EXISTING / "attach.py", "--stack", "any", "first", "second"]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (ended.returncode, ended.stderr) == (1, f"{sentence}\nnothing was changed\n")


def test_another_wrapper_is_refused_with_what_to_do(script: Script, stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    deployed.configure(first, Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}})
    before = deployed.state()
    ended = script("--stack", stack, first, second)
    assert (ended.status, ended.err) == (
        1,
        f"{first} has AWS_LAMBDA_EXEC_WRAPPER=/opt/otel-instrument, and Lambda knows only one: set "
        'UNUM_EXEC_WRAPPER=/opt/otel-instrument, too, and the layer starts it (README, "With another layer\'s wrapper")\n'
        "nothing was changed",
    )
    assert deployed.state() == before


def test_another_wrapper_is_started_by_the_layer_and_put_back(
    script: Script, stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    wrapped = {**VARIABLES, "AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}
    before = deployed.state()
    deployed.configure(
        first, Environment={"Variables": {**wrapped, "UNUM_EXEC_WRAPPER": "/opt/otel-instrument"}}
    )
    assert script("--stack", stack, first, second).status == 0
    _, variables, _ = deployed.state()[0]
    assert variables["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/bootstrap"
    assert variables["UNUM_EXEC_WRAPPER"] == "/opt/otel-instrument"
    assert script(first, second, "--detach", "--now").status == 0
    (layers, _, policies), unwrapped = before
    assert deployed.state() == [(layers, wrapped, policies), unwrapped]


def test_a_wrapper_that_is_not_the_layers_stays(script: Script, stack: str, deployed: Deployed) -> None:
    wrapped = {**VARIABLES, "AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}
    for name, variables in zip(
        deployed.names, [wrapped, {**wrapped, "UNUM_EXEC_WRAPPER": "/opt/other"}], strict=True
    ):
        deployed.configure(name, Environment={"Variables": variables})
    before = deployed.state()
    assert script(*deployed.names, "--detach").status == 0
    assert deployed.state() == before


@pytest.mark.parametrize(
    ("source", "receiver", "enough"),
    [(60, 60, 120), (60, 3, 63), (60, 61, None), (900, 60, 900), (900, 900, None)],
)
def test_a_receiver_with_too_little_time_is_told(
    script: Script,
    stack: str,
    deployed: Deployed,
    source: int,
    receiver: int,
    enough: int | None,
) -> None:
    first, second = deployed.names
    deployed.configure(first, Timeout=source)
    deployed.configure(second, Timeout=receiver)
    ended = script("--stack", stack, first, second, "--dry-run")
    warning = (
        f"{second} may run for {receiver} s, and starts while {first} may run for up to {source} s more: "
        f"give it more time, such as {enough} s, or it may fail with StreamingTimeoutError\n"
    )
    assert (ended.status, ended.err) == (0, warning if enough else "")


def silenced(state: list[Any]) -> list[Any]:
    return [
        (layers, {name: value for name, value in variables.items() if name != "UNUM_NEXT"}, policies)
        for layers, variables, policies in state
    ]


def test_the_layer_comes_off_in_two_steps(script: Script, stack: str, deployed: Deployed) -> None:
    before, (first, second) = deployed.state(), deployed.names
    assert script("--stack", stack, first, second).status == 0
    attached = deployed.state()

    told = script(first, second, "--detach", "--dry-run")
    assert (told.status, deployed.state()) == (0, attached), told.err
    ended = script(first, second, "--detach")
    assert (ended.status, ended.err) == (0, "")
    assert "This is step 1 of 2: nothing is sent on any more." in ended.out
    assert "for up to 6:02:00 hours.\nStep 2 takes it off: run the same command again after 20" in ended.out
    assert deployed.state() == silenced(attached) != attached

    ended = script(first, second, "--detach")
    assert ended.status == 1
    assert "an event that only the layer understands may be on its way until 20" in ended.err
    assert ended.err.endswith(
        "run the same command again then, or with --now if you know that there is none\nnothing was changed"
    )
    assert deployed.state() == silenced(attached)

    script.when("after-call.lambda.GetFunctionConfiguration", long_ago(hours=6, minutes=3))
    ended = script(first, second, "--detach")
    assert (ended.status, deployed.state()) == (0, before), ended.err
    assert f"{second}: without the layer" in ended.out
    assert ended.err.splitlines() == [
        f"{name} keeps UNUM_LOG: not set by this script, and of no use without the layer"
        for name in deployed.names
    ]
    script.forget_all()
    assert script(first, second, "--detach").status == 0
    assert deployed.state() == before, "detached twice"


def test_both_steps_at_once_where_nothing_is_on_its_way(
    script: Script, stack: str, deployed: Deployed
) -> None:
    before = deployed.state()
    assert script("--stack", stack, *deployed.names).status == 0
    assert script(*deployed.names, "--detach", "--now").status == 0
    assert deployed.state() == before


def test_as_long_as_a_sender_runs_and_a_receivers_event_waits(
    script: Script, stack: str, deployed: Deployed, lambda_client: BaseClient
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    assert script("--stack", stack, first, second).status == 0
    # Each runs for a minute at most.
    lambda_client.put_function_event_invoke_config(FunctionName=second, MaximumEventAgeInSeconds=120)
    assert "for up to 0:04:00 hours" in script(first, second, "--detach").out
    event = "after-call.lambda.GetFunctionConfiguration"
    script.when(event, long_ago(minutes=3))
    assert script(first, second, "--detach").status == 1
    script.forget_all()
    script.when(event, long_ago(minutes=5))
    assert script(first, second, "--detach").status == 0
    assert deployed.state() == before


def test_a_published_version_that_still_sends_is_told(
    script: Script, stack: str, deployed: Deployed, lambda_client: BaseClient
) -> None:
    first, second = deployed.names
    assert script("--stack", stack, first, second).status == 0
    lambda_client.publish_version(FunctionName=first)
    lambda_client.create_alias(FunctionName=first, Name="live", FunctionVersion="1")
    sends = (
        f"{first}:live leads to version 1, which still sends early: publish a version after step 1, move the alias to it, "
        "and wait 6:02:00 hours before step 2"
    )
    assert script(first, second, "--detach").err == f"{sends}\n"
    script.when("after-call.lambda.GetFunctionConfiguration", long_ago(hours=7))
    ended = script(first, second, "--detach")
    assert (ended.status, ended.err) == (1, f"{sends}\nnothing was changed")

    version = lambda_client.publish_version(FunctionName=first)["Version"]
    lambda_client.update_alias(FunctionName=first, Name="live", FunctionVersion=version)
    assert script(first, second, "--detach").status == 0


def test_half_way_through_the_second_step_there_is_nothing_to_wait_for(
    script: Script, stack: str, deployed: Deployed
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    assert script("--stack", stack, first, second).status == 0
    assert script(first, second, "--detach").status == 0
    script.when("after-call.lambda.GetFunctionConfiguration", long_ago(hours=7))
    script.when("before-call.iam.DeleteRolePolicy", denied)
    ended = script(first, second, "--detach")
    assert ended.status == 1
    assert f"done: {first}, layers and variables\n" in ended.err
    assert f"not done: {second}, layers and variables\n" in ended.err
    assert ended.err.endswith(
        "what is done may stay: the same command with --now does the rest, once this is mended"
    )
    script.forget_all()
    assert script(first, second, "--detach", "--now").status == 0
    assert deployed.state() == before


def test_whoever_may_send_to_the_first_is_asked_for(script: Script, stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    assert script("--stack", stack, first, second).status == 0
    attached = deployed.state()
    script.when("after-call.lambda.GetFunctionConfiguration", long_ago(hours=7))
    ended = script(second, "--detach")
    assert (ended.status, ended.err) == (
        1,
        f"{second} has the layer without UNUM_ENTRY, so another function may send to it: "
        "name the whole chain, first to last, or set UNUM_ENTRY=true if none does\nnothing was changed",
    )
    assert deployed.state() == attached


def test_the_layer_comes_off_when_its_stack_is_gone(
    script: Script, deployed: Deployed, lambda_client: BaseClient, field_table: str
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    version = lambda_client.publish_layer_version(
        LayerName="StreamingLayer", Content={"ZipFile": archive({"bootstrap": ""})}
    )
    outputs = {"StreamingLayer": {"Value": version["LayerVersionArn"]}, "FieldStore": {"Value": field_table}}
    for name in made_stack(unique_name(), outputs):
        assert script("--stack", name, first, second).status == 0
    lambda_client.delete_layer_version(LayerName="StreamingLayer", VersionNumber=version["Version"])
    assert script(first, second, "--detach").status == 0
    assert script(first, second, "--detach", "--now").status == 0
    assert deployed.state() == before


def test_a_layer_of_another_name_is_known_by_it(script: Script, stack: str, deployed: Deployed) -> None:
    first, _ = deployed.names
    assert script("--stack", stack, first).status == 0
    ended = script(first, "--detach", "--now", "--layer", "other", "--dry-run")
    assert f"{first} has no layer called other: name yours with --layer, or it stays\n" in ended.err
    name = deployed.other_layer.split(":")[6]
    assert script(first, "--detach", "--now", "--layer", name).status == 0
    assert deployed.other_layer not in deployed.state()[0][0]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "--stack is needed to attach"),
        (["--stack", "any", "--now"], "--now and --layer are for --detach"),
        (["--stack", "any", "--layer", "other"], "--now and --layer are for --detach"),
    ],
)
def test_options_that_do_not_go_together(
    script: Script, endpoint: str, options: list[str], sentence: str
) -> None:
    ended = script("first", "second", *options)
    assert ended.status == 2
    assert sentence in ended.err


def test_without_boto3_it_says_how_to_get_it() -> None:
    command = [sys.executable, "-S", EXISTING / "attach.py", "first"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (
        1,
        "attach.py needs boto3: python3 -m pip install boto3\n",
    )
