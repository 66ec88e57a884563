"""The permissions that `attach.py` gives are those that the variables need, which it keeps, too."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
import pytest

from attach_script import Script, denied
from deployed import Deployed, policy_name

READS, WRITES = {"BatchGetItem", "Query"}, {"PutItem", "Query"}
RECORDS = {"PutItem", "Query"}
TRACES = (["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*")
SETTINGS: dict[str, dict[str, str]] = {
    "none": {},
    "off": {"UNUM_CHECKPOINT": "false", "UNUM_TRACES": "off"},
    "checkpoint": {"UNUM_CHECKPOINT": "true"},
    "traces": {"UNUM_TRACES": "xray"},
    "both": {"UNUM_CHECKPOINT": "1", "UNUM_TRACES": "XRay"},
}


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("place", ["only", "first", "between", "last"])
def test_each_place_and_its_settings_get_what_they_need(
    script: Script, existing_stack: str, deployed: Deployed, field_table: str, place: str, settings: str
) -> None:
    one, other = deployed.names
    third = deployed.one_more() if place == "between" else other
    deployed.configure(one, Environment={"Variables": SETTINGS[settings]})
    functions, on_table = {
        "only": ([one], set()),
        "first": ([one, other], WRITES),
        "between": ([other, one, third], READS | WRITES),
        "last": ([other, one], READS),
    }[place]
    records, is_traced = settings in ("checkpoint", "both"), settings in ("traces", "both")
    if records:
        on_table = on_table | RECORDS
    expected: list[Any] = []
    if on_table:
        expected.append(([f"dynamodb:{action}" for action in sorted(on_table)], f"table/{field_table}"))
    if place in ("first", "between"):
        expected.append(("lambda:InvokeFunction", third))
    if is_traced:
        expected.append(TRACES)

    ended = script("--stack", existing_stack, *functions)
    assert ended.status == 0, ended.err
    _, variables, policies = deployed.state()[0]
    assert SETTINGS[settings].items() <= variables.items()
    assert list(policies.values()) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("by_hand", "resources"),
    [
        ("SECOND:live", ["function:SECOND:live"]),
        ("SECOND:live,other", ["function:SECOND:live", "function:other"]),
        ("other:7, ACCOUNT:function:SECOND", ["function:other:7", "function:SECOND"]),
        ("arn:aws:lambda:eu-north-1:123456789012:function:far,function:SECOND", ["FAR", "function:SECOND"]),
        # As before: the follower is not among these, or they are no names.
        ("other", None),
        ("arn:aws:lambda:eu-north-1:ACCOUNT:function:SECOND", None),
        ("SECOND,no name", None),
    ],
)
def test_a_next_by_hand_stays_if_it_names_the_follower(
    script: Script,
    existing_stack: str,
    deployed: Deployed,
    existing_layer: str,
    by_hand: str,
    resources: list[str] | None,
) -> None:
    first, second = deployed.names
    here = existing_layer.rpartition(":layer:")[0]

    def filled_in(text: str) -> str:
        return text.replace("SECOND", second).replace("ACCOUNT", here.rpartition(":")[2])

    deployed.configure(first, Environment={"Variables": {"UNUM_NEXT": filled_in(by_hand)}})
    ended = script("--stack", existing_stack, first, second)
    assert ended.status == 0, ended.err
    _, variables, policies = deployed.state()[0]
    assert variables["UNUM_NEXT"] == (filled_in(by_hand) if resources else second)
    assert (f"{first} had UNUM_NEXT=" in ended.err) == (resources is None)
    (policy,) = policies
    document = boto3.client("iam").get_role_policy(RoleName=first, PolicyName=policy)["PolicyDocument"]
    assert [
        statement["Resource"]
        for statement in document["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
    ] == [
        "arn:aws:lambda:eu-north-1:123456789012:function:far" if one == "FAR" else filled_in(f"{here}:{one}")
        for one in resources or ["function:SECOND"]
    ]


OLD_IS_LEFT = (
    "whether roles have policies of this script's could not be looked at: it takes iam:GetRolePolicy; delete those by the old "
    "name, unum-streaming-FUNCTION, yourself\n"
)


def put_old_policy(function: str, region: str) -> None:
    statement = {
        "Effect": "Allow",
        "Action": ["dynamodb:PutItem"],
        "Resource": f"arn:aws:dynamodb:{region}:000000000000:table/theirs",
    }
    boto3.client("iam").put_role_policy(
        RoleName=function,
        PolicyName=f"unum-streaming-{function}",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def test_an_old_policy_goes_if_it_is_for_this_region(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    old = f"unum-streaming-{first}"
    put_old_policy(first, os.environ["AWS_DEFAULT_REGION"])
    put_old_policy(second, "eu-north-1")
    theirs = {f"unum-streaming-{second}": [(["dynamodb:PutItem"], "table/theirs")]}

    told = script("--stack", existing_stack, first, second, "--dry-run")
    assert f"  policy {old} of role {first}: none\n" in told.out
    assert script("--stack", existing_stack, first, second).status == 0
    (_, _, one), (_, _, other) = deployed.state()
    assert (set(one), set(other)) == ({policy_name(first)}, {policy_name(second), *theirs})

    put_old_policy(first, os.environ["AWS_DEFAULT_REGION"])
    assert script(first, second, "--detach", "--now").status == 0
    assert [policies for _, _, policies in deployed.state()] == [{}, theirs]


def test_who_may_not_look_at_policies_is_told(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    before = deployed.state()
    script.when("before-call.iam.GetRolePolicy", denied)
    for arguments in (["--stack", existing_stack], ["--detach", "--now"]):
        ended = script(first, second, *arguments)
        assert ended.status == 0
        assert OLD_IS_LEFT in ended.err
    assert deployed.state() == before


def test_a_permission_goes_only_after_it_is_needed(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    third = deployed.one_more()
    assert script("--stack", existing_stack, first, second).status == 0
    allowed_meanwhile: set[str] = set()

    def look(params: dict[str, Any], **_: Any) -> None:
        if first in params["url_path"]:
            policies = deployed.state()[0][2]
            allowed_meanwhile.update(resource for _, resource in policies[policy_name(first)])

    script.when("before-call.lambda.UpdateFunctionConfiguration", look)
    ended = script("--stack", existing_stack, first, third)
    assert ended.status == 0, ended.err
    assert {second, third} <= allowed_meanwhile
    invoked = [
        resource for action, resource in deployed.state()[0][2][policy_name(first)] if "lambda" in action
    ]
    assert invoked == [third]
