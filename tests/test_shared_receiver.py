"""`attach.py` on functions that others send to, too: they are looked for among all functions of the region."""

from __future__ import annotations

import os
from typing import Any

import pytest
from botocore.client import BaseClient

from attach_script import Script, denied, long_ago
from deployed import Deployed

LOOKED_AT = "after-call.lambda.GetFunctionConfiguration"


def still_sends(sender: str, next_names: str, receiver: str) -> str:
    return (
        f"{sender} has UNUM_NEXT={next_names}, and without the layer {receiver} would take what it sends for data: "
        f"name {sender.partition(':')[0]}, too, or leave {receiver} out"
    )


def test_a_receiver_keeps_the_layer_while_another_chain_sends_to_it(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    before, (first, shared) = deployed.state(), deployed.names
    other = deployed.one_more()
    before.append(deployed.state()[2])
    assert script("--stack", existing_stack, first, shared).status == 0
    assert script("--stack", existing_stack, other, shared).status == 0

    ended = script(first, shared, "--detach")
    assert (ended.status, ended.err) == (0, f"{still_sends(other, shared, shared)}\n")
    silenced = deployed.state()
    script.when(LOOKED_AT, long_ago(hours=7))
    for options in ([], ["--now"]):
        ended = script(first, shared, "--detach", *options)
        assert (ended.status, ended.err) == (1, f"{still_sends(other, shared, shared)}\nnothing was changed")
        assert deployed.state() == silenced

    assert script(first, "--detach").status == 0
    assert deployed.state() == [before[0], *silenced[1:]]
    assert script(other, shared, "--detach").status == 0
    assert script(other, shared, "--detach").status == 0
    assert deployed.state() == before


@pytest.mark.parametrize(
    ("next_names", "may_be_it"),
    [
        ("NAME:live", True),
        ("another, NAME:7", True),
        ("function:NAME", True),
        ("ACCOUNT:function:NAME:$LATEST", True),
        ("arn:aws:lambda:REGION:ACCOUNT:function:NAME", True),
        ("arn:aws:lambda:REGION:ACCOUNT:function:NAME:live", True),
        ("arn:aws:lambda:eu-north-1:ACCOUNT:function:NAME", False),
        ("123456789012:function:NAME", False),
        ("NAME-2", False),
    ],
)
def test_a_next_is_known_by_any_of_its_names(
    script: Script,
    existing_stack: str,
    deployed: Deployed,
    existing_layer: str,
    next_names: str,
    may_be_it: bool,
) -> None:
    first, shared = deployed.names
    other = deployed.one_more()
    filled_in = {
        "NAME": shared,
        "REGION": os.environ["AWS_DEFAULT_REGION"],
        "ACCOUNT": existing_layer.split(":")[4],
    }
    for word, value in filled_in.items():
        next_names = next_names.replace(word, value)
    assert script("--stack", existing_stack, first, shared).status == 0
    deployed.configure(other, Environment={"Variables": {"UNUM_NEXT": next_names}})
    ended = script(first, shared, "--detach", "--now")
    assert (ended.status, still_sends(other, next_names, shared) in ended.err) == (int(may_be_it), may_be_it)


def test_a_published_version_sends_if_an_alias_leads_to_it(
    script: Script, existing_stack: str, deployed: Deployed, lambda_client: BaseClient
) -> None:
    first, shared = deployed.names
    other = deployed.one_more()
    assert script("--stack", existing_stack, first, shared).status == 0
    assert script("--stack", existing_stack, other, shared).status == 0
    version = lambda_client.publish_version(FunctionName=other)["Version"]
    lambda_client.create_alias(FunctionName=other, Name="live", FunctionVersion=version)
    assert script(other, "--detach").status == 0
    ended = script(first, shared, "--detach", "--now")
    assert (ended.status, ended.err) == (
        1,
        f"{still_sends(f'{other}:live', shared, shared)}\nnothing was changed",
    )
    lambda_client.delete_alias(FunctionName=other, Name="live")
    assert script(first, shared, "--detach", "--now").status == 0


def test_who_may_not_look_is_told(script: Script, existing_stack: str, deployed: Deployed) -> None:
    first, second = deployed.names
    script.when("before-call.lambda.ListFunctions", denied)

    def note(receiver: str) -> str:
        return (
            f"whether another function sends to {receiver} could not be looked at: it takes lambda:ListFunctions and "
            "lambda:ListAliases; make sure yourself that none does\n"
        )

    attached = script("--stack", existing_stack, first, second)
    assert attached.status == 0
    assert note(first) in attached.err
    detached = script(first, second, "--detach", "--now")
    assert detached.status == 0
    assert note(second) in detached.err


def test_whose_variables_cannot_be_read_is_told(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    other = deployed.one_more()

    def hide(parsed: dict[str, Any], **_: Any) -> None:
        for found in parsed["Functions"]:
            if found["FunctionName"] == other:
                found["Environment"] = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "no"}}

    script.when("after-call.lambda.ListFunctions", hide)
    ended = script("--stack", existing_stack, first, second)
    assert ended.status == 0
    assert (
        f"whether {other} sends to {first} could not be looked at, for the variables cannot be read (kms:Decrypt): "
        "make sure yourself that it does not\n"
    ) in ended.err


def test_who_sends_to_the_first_is_named_although_it_has_no_layer(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    other = deployed.one_more()
    deployed.configure(other, Environment={"Variables": {"UNUM_NEXT": f"{first}:live"}})
    before = deployed.state()
    ended = script("--stack", existing_stack, first, second)
    assert (ended.status, ended.err) == (
        1,
        f"{other} has UNUM_NEXT={first}:live, and {first} would take what it sends for data: "
        "name the whole chain, first to last\nnothing was changed",
    )
    assert deployed.state() == before


@pytest.mark.parametrize("kind", ["name", "arn"])
def test_the_same_table_may_have_two_names(
    script: Script,
    existing_stack: str,
    deployed: Deployed,
    dynamodb: BaseClient,
    field_table: str,
    kind: str,
) -> None:
    first, shared = deployed.names
    arn = dynamodb.describe_table(TableName=field_table)["Table"]["TableArn"]
    variables = {"UNUM_TABLE": {"name": field_table, "arn": arn}[kind]}
    deployed.configure(shared, Environment={"Variables": variables})
    assert script("--stack", existing_stack, first, shared).status == 0
    assert deployed.state()[1][1]["UNUM_TABLE"] == field_table


def test_another_stacks_function_is_moved_only_when_told(
    script: Script, existing_stack: str, deployed: Deployed, field_table: str
) -> None:
    first, shared = deployed.names
    deployed.configure(shared, Environment={"Variables": {"UNUM_TABLE": "theirs"}})
    before = deployed.state()
    ended = script("--stack", existing_stack, first, shared)
    assert (ended.status, ended.err) == (
        1,
        f"{shared} has UNUM_TABLE=theirs, and stack {existing_stack} has {field_table}: name the stack that it was attached "
        "with, detach it first, or take it over with --move, if no other chain reaches it through theirs\n"
        "nothing was changed",
    )
    assert deployed.state() == before
    ended = script("--stack", existing_stack, first, shared, "--move")
    assert ended.status == 0
    assert (
        f"{shared} had UNUM_TABLE=theirs, and is moved to {field_table}: events that are on their way to it through the old one "
        "fail, and so do those of functions that still have that\n"
    ) in ended.err
    assert deployed.state()[1][1]["UNUM_TABLE"] == field_table
