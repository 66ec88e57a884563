"""What `sam-templates/existing/attach.py` refuses, warns of and says, and what it leaves as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from botocore.client import BaseClient

from attach_script import EXISTING, Script, denied, made_stack
from deployed import VARIABLES, Deployed, policy_name
from functions import unique_name


def hide_variables(parsed: dict[str, Any], **_: Any) -> None:
    """What Lambda answers to callers who may not use the key that encrypts the variables."""
    error = {"ErrorCode": "AccessDeniedException", "Message": "kms:Decrypt is not allowed"}
    parsed["Environment"] = {"Error": error}


@pytest.mark.parametrize("options", [[], ["--detach"], ["--detach", "--now"]], ids=" ".join)
def test_variables_that_cannot_be_read_are_not_replaced(
    script: Script, existing_stack: str, deployed: Deployed, options: list[str]
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    script.when("after-call.lambda.GetFunctionConfiguration", hide_variables)
    ended = script("--stack", existing_stack, first, second, *options)
    assert ended.status == 1
    assert ended.err == (
        f"{first}: its variables cannot be read, and would be lost: AccessDeniedException: kms:Decrypt is not allowed\n"
        f"{second}: its variables cannot be read, and would be lost: AccessDeniedException: kms:Decrypt is not allowed\n"
        "nothing was changed"
    )
    assert deployed.state() == before


def test_what_somebody_else_changes_meanwhile_stays(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    theirs = {**VARIABLES, "MODE": "theirs"}

    def change(params: dict[str, Any], **_: Any) -> None:
        if first in params["url_path"]:
            deployed.configure(first, Environment={"Variables": theirs})

    script.when("before-call.lambda.UpdateFunctionConfiguration", change)
    ended = script("--stack", existing_stack, first, second)
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
def test_what_is_no_function_is_refused(script: Script, existing_stack: str, name: str) -> None:
    ended = script("--stack", existing_stack, name, "second")
    assert (ended.status, ended.err) == (1, f"{NO_FUNCTION[name]}\nnothing was changed")


def test_the_unpublished_version_and_arns_are_names_too(
    script: Script, existing_stack: str, deployed: Deployed, lambda_client: BaseClient
) -> None:
    first, second = deployed.names
    arn = lambda_client.get_function_configuration(FunctionName=second)["FunctionArn"]
    ended = script("--stack", existing_stack, f"{first}:$LATEST", f"{arn}:$LATEST")
    assert ended.status == 0, ended.err
    _, variables, policies = deployed.state()[0]
    assert variables["UNUM_NEXT"] == second
    assert policies[policy_name(first)][1] == ("lambda:InvokeFunction", second)
    assert arn in ended.out


def test_a_function_is_named_once(script: Script, existing_stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    ended = script("--stack", existing_stack, first, second, first)
    assert (ended.status, ended.err) == (
        1,
        f"{first} is named twice: a result would come back to it\nnothing was changed",
    )


def test_the_first_must_not_be_somebody_elses_next(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    """With UNUM_ENTRY it would take the envelopes that it is sent for data."""
    first, second = deployed.names
    assert script("--stack", existing_stack, first, second).status == 0
    attached = deployed.state()
    ended = script("--stack", existing_stack, second)
    assert (ended.status, ended.err) == (
        1,
        f"{first} has UNUM_NEXT={second}, and {second} would take what it sends for data: "
        "name the whole chain, first to last\nnothing was changed",
    )
    assert deployed.state() == attached
    deployed.configure(first, Environment={"Variables": VARIABLES})
    ended = script("--stack", existing_stack, second)
    assert (ended.status, ended.err) == (
        1,
        f"{second} has the layer without UNUM_ENTRY, so another function may send to it: "
        "name the whole chain, first to last, or set UNUM_ENTRY=true if none does\nnothing was changed",
    )


def test_who_loses_its_next_is_told(script: Script, existing_stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    deployed.configure(second, Environment={"Variables": {"UNUM_NEXT": "third,fourth"}})
    ended = script("--stack", existing_stack, first, second)
    assert ended.status == 0
    assert f"{second} had UNUM_NEXT=third,fourth\n" in ended.err
    assert "UNUM_NEXT" not in deployed.state()[1][1]
    assert "UNUM_NEXT" not in script("--stack", existing_stack, first, second).err


def test_another_processor_has_its_page(script: Script, existing_stack: str, deployed: Deployed) -> None:
    def on_arm(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Architectures"] = ["arm64"]

    script.when("after-call.lambda.GetFunctionConfiguration", on_arm)
    ended = script("--stack", existing_stack, *deployed.names)
    assert ended.status == 1
    assert f"{deployed.names[0]} runs on arm64, the layer on x86_64: see docs/arm64.md\n" in ended.err


def test_unknown_functions_are_all_named(script: Script, existing_stack: str, deployed: Deployed) -> None:
    region = os.environ["AWS_DEFAULT_REGION"]
    ended = script("--stack", existing_stack, deployed.names[0], "one", "other")
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


def test_more_variables_than_lambda_takes_are_refused(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    deployed.configure(second, Environment={"Variables": {"MODE": "x" * 4080}})
    before = deployed.state()
    ended = script("--stack", existing_stack, first, second)
    assert ended.status == 1
    assert f"{second} would have 41" in ended.err
    assert "bytes of variables, and Lambda takes 4096" in ended.err
    assert deployed.state() == before


def test_half_way_it_says_what_is_done_and_goes_on_later(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    before, (first, second) = deployed.state(), deployed.names

    def deny_first(params: dict[str, Any], **more: Any) -> None:
        if first in str(params["body"]):
            denied(params, **more)

    script.when("before-call.iam.PutRolePolicy", deny_first)
    ended = script("--stack", existing_stack, first, second)
    assert ended.status == 1
    # The first line is about timeouts.
    assert ended.err.splitlines()[1:] == [
        f"{first}, policy {policy_name(first)}: "
        "An error occurred (AccessDenied) when calling the PutRolePolicy operation: not you",
        f"done: {second}, policy {policy_name(second)}",
        f"done: {second}, layers and variables",
        f"done: {second}, wait until they hold",
        f"not done: {first}, policy {policy_name(first)}",
        f"not done: {first}, layers and variables",
        f"not done: {first}, wait until they hold",
        "what is done may stay: the same command does the rest, once this is mended",
    ]
    halfway = deployed.state()
    assert halfway[0] == before[0] and halfway[1] != before[1]

    script.forget_all()
    assert script("--stack", existing_stack, first, second).status == 0
    assert deployed.state()[0] != before[0] and deployed.state()[1] == halfway[1]


def test_a_dry_run_shows_layers_and_permissions(
    script: Script, existing_stack: str, deployed: Deployed, existing_layer: str, field_table: str
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    ended = script("--stack", existing_stack, first, second, "--dry-run")
    assert ended.status == 0, ended.err
    arn, table = existing_layer.rpartition(":layer:")[0], f"table/{field_table}"
    assert ended.out.splitlines() == [
        f"{second}: AWS_LAMBDA_EXEC_WRAPPER=/opt/bootstrap UNUM_TABLE={field_table}",
        f"  layers: {deployed.other_layer}, {existing_layer}",
        f"  policy {policy_name(second)} of role {second}: dynamodb:BatchGetItem, dynamodb:Query on "
        f"{arn.replace(':lambda:', ':dynamodb:')}:{table}",
        f"{first}: AWS_LAMBDA_EXEC_WRAPPER=/opt/bootstrap UNUM_TABLE={field_table} UNUM_NEXT={second} UNUM_ENTRY=true",
        f"  layers: {deployed.other_layer}, {existing_layer}",
        f"  policy {policy_name(first)} of role {first}: dynamodb:PutItem, dynamodb:Query on "
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


def test_another_wrapper_is_refused_with_what_to_do(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    deployed.configure(first, Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}})
    before = deployed.state()
    ended = script("--stack", existing_stack, first, second)
    assert (ended.status, ended.err) == (
        1,
        f"{first} has AWS_LAMBDA_EXEC_WRAPPER=/opt/otel-instrument, and Lambda knows only one: set "
        'UNUM_EXEC_WRAPPER=/opt/otel-instrument, too, and the layer starts it (README, "With another layer\'s wrapper")\n'
        "nothing was changed",
    )
    assert deployed.state() == before


def test_another_wrapper_is_started_by_the_layer_and_put_back(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    wrapped = {**VARIABLES, "AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}
    before = deployed.state()
    deployed.configure(
        first, Environment={"Variables": {**wrapped, "UNUM_EXEC_WRAPPER": "/opt/otel-instrument"}}
    )
    assert script("--stack", existing_stack, first, second).status == 0
    _, variables, _ = deployed.state()[0]
    assert variables["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/bootstrap"
    assert variables["UNUM_EXEC_WRAPPER"] == "/opt/otel-instrument"
    assert script(first, second, "--detach", "--now").status == 0
    (layers, _, policies), unwrapped = before
    assert deployed.state() == [(layers, wrapped, policies), unwrapped]


@pytest.mark.parametrize(
    ("source", "receiver", "enough"),
    [(60, 60, 120), (60, 3, 63), (60, 61, None), (900, 60, 900), (900, 900, None)],
)
def test_a_receiver_with_too_little_time_is_told(
    script: Script,
    existing_stack: str,
    deployed: Deployed,
    source: int,
    receiver: int,
    enough: int | None,
) -> None:
    first, second = deployed.names
    deployed.configure(first, Timeout=source)
    deployed.configure(second, Timeout=receiver)
    ended = script("--stack", existing_stack, first, second, "--dry-run")
    warning = (
        f"{second} may run for {receiver} s, and starts while {first} may run for up to {source} s more: "
        f"give it more time, such as {enough} s, or it may fail with StreamingTimeoutError\n"
    )
    assert (ended.status, ended.err) == (0, warning if enough else "")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "--stack is needed to attach"),
        (["--stack", "any", "--now"], "--now and --layer are for --detach"),
        (["--stack", "any", "--layer", "other"], "--now and --layer are for --detach"),
        (["--detach", "--move"], "--move is for attaching"),
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
