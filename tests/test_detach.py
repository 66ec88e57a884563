"""What `attach.py --detach` takes off and when, and what it leaves."""

from __future__ import annotations

from typing import Any

from botocore.client import BaseClient

from attach_script import Script, denied, long_ago, made_stack
from deployed import VARIABLES, Deployed
from functions import archive, unique_name


def test_a_wrapper_that_is_not_the_layers_stays(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    wrapped = {**VARIABLES, "AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}
    for name, variables in zip(
        deployed.names, [wrapped, {**wrapped, "UNUM_EXEC_WRAPPER": "/opt/other"}], strict=True
    ):
        deployed.configure(name, Environment={"Variables": variables})
    before = deployed.state()
    assert script(*deployed.names, "--detach").status == 0
    assert deployed.state() == before


def silenced(state: list[Any]) -> list[Any]:
    return [
        (layers, {name: value for name, value in variables.items() if name != "UNUM_NEXT"}, policies)
        for layers, variables, policies in state
    ]


def test_the_layer_comes_off_in_two_steps(script: Script, existing_stack: str, deployed: Deployed) -> None:
    before, (first, second) = deployed.state(), deployed.names
    assert script("--stack", existing_stack, first, second).status == 0
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
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    before = deployed.state()
    assert script("--stack", existing_stack, *deployed.names).status == 0
    assert script(*deployed.names, "--detach", "--now").status == 0
    assert deployed.state() == before


def test_as_long_as_a_sender_runs_and_a_receivers_event_waits(
    script: Script, existing_stack: str, deployed: Deployed, lambda_client: BaseClient
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    assert script("--stack", existing_stack, first, second).status == 0
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
    script: Script, existing_stack: str, deployed: Deployed, lambda_client: BaseClient
) -> None:
    first, second = deployed.names
    assert script("--stack", existing_stack, first, second).status == 0
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
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    before, (first, second) = deployed.state(), deployed.names
    assert script("--stack", existing_stack, first, second).status == 0
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


def test_whoever_may_send_to_the_first_is_asked_for(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    assert script("--stack", existing_stack, first, second).status == 0
    attached = deployed.state()
    script.when("after-call.lambda.GetFunctionConfiguration", long_ago(hours=7))
    ended = script(second, "--detach")
    assert (ended.status, ended.err) == (
        1,
        f"{first} has UNUM_NEXT={second}, and {second} would take what it sends for data: "
        "name the whole chain, first to last\nnothing was changed",
    )
    assert deployed.state() == attached
    deployed.configure(first, Environment={"Variables": VARIABLES})
    ended = script(second, "--detach")
    assert (ended.status, ended.err) == (
        1,
        f"{second} has the layer without UNUM_ENTRY, so another function may send to it: "
        "name the whole chain, first to last, or set UNUM_ENTRY=true if none does\nnothing was changed",
    )


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


def test_a_layer_of_another_name_is_known_by_it(
    script: Script, existing_stack: str, deployed: Deployed
) -> None:
    first, _ = deployed.names
    assert script("--stack", existing_stack, first).status == 0
    ended = script(first, "--detach", "--now", "--layer", "other", "--dry-run")
    assert f"{first} has no layer called other: name yours with --layer, or it stays\n" in ended.err
    name = deployed.other_layer.split(":")[6]
    assert script(first, "--detach", "--now", "--layer", name).status == 0
    assert deployed.other_layer not in deployed.state()[0][0]


def test_a_function_that_was_never_attached_is_left_alone(
    script: Script, existing_layer: str, deployed: Deployed
) -> None:
    first, second = deployed.names
    deployed.configure(first, Environment={"Variables": {"UNUM_NEXT": second}})
    deployed.configure(second, Layers=[existing_layer])
    before = deployed.state()
    for options in ([], ["--now"]):
        ended = script(first, second, "--detach", *options)
        assert (ended.status, ended.err) == (
            0,
            "".join(
                f"{name} keeps {what}: it has neither AWS_LAMBDA_EXEC_WRAPPER=/opt/bootstrap nor UNUM_TABLE, so this script "
                "has not attached it\n"
                for name, what in [(first, "UNUM_NEXT"), (second, existing_layer)]
            ),
        )
        assert deployed.state() == before
