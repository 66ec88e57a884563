"""Functions that are deployed already: `sam-templates/existing` attaches the layer to them, and takes it off again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

import examples
import shown_commands
import stacks
from deployed import VARIABLES, Deployed, attach, policy_name
from functions import Functions, unique_name, wait_until
from records import record_of

EVENT = examples.ROOT / "quickstart" / "events" / "start.json"
SAFER = {"Encryption": "aws-managed", "PointInTimeRecovery": "on"}


def check_table(dynamodb: BaseClient, name: str) -> None:
    # LocalStack 4.7.0 makes tables without the backups that their templates ask for.
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert table["SSEDescription"]["Status"] == "ENABLED"
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires_at")


def attached_state(deployed: Deployed, outputs: dict[str, str]) -> list[Any]:
    """What `Deployed.state` is to be once the layer is attached to both."""
    first, second = deployed.names
    table = outputs["FieldStore"]
    common = {**VARIABLES, "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap", "UNUM_TABLE": table}
    layers = [deployed.other_layer, outputs["StreamingLayer"]]
    on_table = f"table/{table}"
    writes = [(["dynamodb:PutItem", "dynamodb:Query"], on_table), ("lambda:InvokeFunction", second)]
    reads = [(["dynamodb:BatchGetItem", "dynamodb:Query"], on_table)]
    return [
        (layers, {**common, "UNUM_NEXT": second, "UNUM_ENTRY": "true"}, {policy_name(first): writes}),
        (layers, common, {policy_name(second): reads}),
    ]


def check_it_streams(functions: Functions, first: str, second: str) -> None:
    result = functions.invoke(first, json.loads(EVENT.read_text()))
    assert result.error is None, result.raw
    record = wait_until(
        lambda: record_of(functions.log(first), result.request_id), f"a record of {first}", seconds=60
    )
    assert record["next"][0]["early"]
    functions.wait_for_log(second, "SUMMARY ", seconds=60)


def check_it_understands_what_was_on_its_way(
    functions: Functions, dynamodb: BaseClient, table: str, first: str, second: str
) -> None:
    """An event with a field that is in the table gives what the same fields give in a plain event."""
    fields = {
        "statistical": {"count": 5, "quartiles": [1, 2, 3], "skewness": 0.1},
        "temporal": {"strength": 0.5, "period": 7},
        "entropy": {"sample": 0.2, "shannon": 1.5},
    }
    stream = f"session/{first}/{unique_name()}"
    dynamodb.put_item(
        TableName=table,
        Item={
            "stream": {"S": stream},
            "field": {"S": "f:temporal"},
            "value": {"S": json.dumps(fields["temporal"])},
            "expires_at": {"N": str(int(time.time()) + 600)},
        },
    )
    sent = {
        **fields,
        "temporal": {"__unum_future__": True, "session": "session", "key": "temporal", "source": first},
        "__unum__": {
            "v": 2,
            "session": "session",
            "source": first,
            "run": "session",
            "stream": stream,
            "futures": ["temporal"],
            "deadline_ms": int(time.time() * 1000) + 60_000,
        },
    }
    received, plain = functions.invoke(second, sent), functions.invoke(second, fields)
    assert received.error is None, received.raw
    assert received.payload == plain.payload


def by_hand(deployed: Deployed, outputs: dict[str, str]) -> list[str]:
    """The README's commands, with what it says is to be filled in; other layers and variables are named, too."""
    first, second = deployed.names
    filled_in = {
        "ROLE_OF_FIRST": first,
        "ROLE_OF_SECOND": second,
        "LAYER_ARN": f"{deployed.other_layer} {outputs['StreamingLayer']}",
        "TABLE": outputs["FieldStore"],
        "REGION": os.environ["AWS_DEFAULT_REGION"],
        "ACCOUNT": outputs["StreamingLayer"].split(":")[4],
        "first": first,
        "second": second,
    }
    variables = "Variables={" + "".join(f"{name}={value}," for name, value in VARIABLES.items())
    words = re.compile("|".join(rf"(?<![A-Z_]){word}(?![A-Z_])" for word in filled_in))
    return [
        words.sub(lambda match: filled_in[match[0]], one.command).replace("Variables={", variables)
        for one in shown_commands.shown()
        if one.page == "sam-templates/existing/README.md" and one.command.startswith("aws ")
    ]


def test_attached_by_hand(
    deployed: Deployed,
    functions: Functions,
    lambda_client: BaseClient,
    tmp_path: Path,
    layer_folder: Path,
) -> None:
    template, stack = stacks.lay_out(tmp_path, "existing", layer_folder), unique_name()
    with stacks.deployed(template, stack, SAFER) as outputs:
        commands = by_hand(deployed, outputs)
        # Each may do what it is to do before it does it, and the receiver is ready before anybody sends.
        assert [" ".join(command.split()[1:3]) for command in commands] == [
            "iam put-role-policy",
            "iam put-role-policy",
            "lambda update-function-configuration",
            "lambda wait",
            "lambda update-function-configuration",
        ]
        assert f"--function-name {deployed.names[1]}" in commands[2]
        for command in commands:
            finished = shown_commands.run(command)
            assert finished.returncode == 0, finished.stdout
        for name in deployed.names:
            lambda_client.get_waiter("function_updated_v2").wait(FunctionName=name)
        assert in_any_order(deployed.state()) == in_any_order(attached_state(deployed, outputs))
        check_it_streams(functions, *deployed.names)


def in_any_order(state: list[Any]) -> list[Any]:
    """The same with the actions of each permission sorted."""
    return [
        (
            layers,
            variables,
            {
                policy: [
                    (sorted(actions) if isinstance(actions, list) else actions, resource)
                    for actions, resource in statements
                ]
                for policy, statements in policies.items()
            },
        )
        for layers, variables, policies in state
    ]


def test_attached_and_detached(
    deployed: Deployed, functions: Functions, dynamodb: BaseClient, tmp_path: Path, layer_folder: Path
) -> None:
    template, stack = stacks.lay_out(tmp_path, "existing", layer_folder), unique_name()
    before = deployed.state()
    first, second = deployed.names
    with stacks.deployed(template, stack, SAFER) as outputs:
        check_table(dynamodb, outputs["FieldStore"])
        told = attach(stack, first, second, "--dry-run")
        assert (told.returncode, deployed.state()) == (0, before), told.stderr

        done = attach(stack, first, second)
        assert (done.returncode, done.stdout) == (0, told.stdout), done.stderr
        after = attached_state(deployed, outputs)
        assert deployed.state() == after
        assert attach(stack, first, second).returncode == 0
        assert deployed.state() == after, "attached twice"
        check_it_streams(functions, first, second)

        assert attach(stack, first, second, "--detach").returncode == 0
        check_it_understands_what_was_on_its_way(functions, dynamodb, outputs["FieldStore"], first, second)
        assert attach(stack, first, second, "--detach", "--now").returncode == 0
        assert deployed.state() == before


def doctor(command_line: Path, *names: str) -> tuple[int, Any]:
    """The exit code, and the findings of each function as kind and sentence; the error where there are none."""
    command = [command_line, "doctor", "--format", "json", "--aws", *names]
    done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout:
        return done.returncode, done.stderr
    return done.returncode, {
        one["function"]: [(finding["kind"], finding["what"]) for finding in one["findings"]]
        for one in json.loads(done.stdout)["functions"]
    }


def test_the_doctor_looks_at_what_is_deployed(
    deployed: Deployed, command_line: Path, tmp_path: Path, layer_folder: Path
) -> None:
    """Settings, code, layers and table: before the layer is attached, and then."""
    template, stack = stacks.lay_out(tmp_path, "existing", layer_folder), unique_name()
    first, second = deployed.names
    status, before = doctor(command_line, first, second)
    for name in deployed.names:
        for what in (
            "AWS_LAMBDA_EXEC_WRAPPER is not set",
            f"it has not the layer: no python/unum_streaming/start.py in {deployed.other_layer}",
        ):
            assert ("problem", what) in before[name], before
    assert status == 1
    with stacks.deployed(template, stack, SAFER) as outputs:
        assert attach(stack, first, second).returncode == 0
        layer = (
            f"has the layer, by its content: {outputs['StreamingLayer']} holds bootstrap and "
            "python/unum_streaming/start.py"
        )
        assert doctor(command_line, first) == (
            0,
            {
                first: [
                    ("fine", "streams statistical, temporal; at the return: entropy"),
                    ("fine", layer),
                ],
                second: [("fine", layer)],
            },
        )
        assert attach(stack, first, second, "--detach", "--now").returncode == 0
    status, error = doctor(command_line, "no-such-function")
    assert status == 2 and "cannot look at function no-such-function: ResourceNotFoundException" in error


def test_the_doctor_knows_which_resource_a_permission_is_for(
    deployed: Deployed, command_line: Path, tmp_path: Path, layer_folder: Path
) -> None:
    template, stack = stacks.lay_out(tmp_path, "existing", layer_folder), unique_name()
    first, second = deployed.names
    with stacks.deployed(template, stack, SAFER) as outputs:
        assert attach(stack, first, second).returncode == 0
        table = outputs["FieldStore"]
        for name in deployed.names:
            deployed.take_policy(name)
        writes = (
            "problem",
            f"it may not dynamodb:PutItem, dynamodb:Query on {table}",
        )
        invokes = ("problem", f"it may not lambda:InvokeFunction on {second}")
        reads = ("problem", f"it may not dynamodb:Query, dynamodb:BatchGetItem on {table}")

        def problems() -> list[tuple[str, str]]:
            _, found = doctor(command_line, first)
            return [finding for findings in found.values() for finding in findings if finding[0] != "fine"]

        assert problems() == [invokes, writes, reads]
        for name in deployed.names:
            deployed.allow(name, "dynamodb:*", f"arn:aws:dynamodb:*:*:table/{table}-other")
        assert problems() == [invokes, writes, reads]
        for name in deployed.names:
            deployed.allow(name, "dynamodb:*", f"arn:aws:dynamodb:*:*:table/{table}")
        assert problems() == [invokes]
        deployed.allow(first, "lambda:InvokeFunction", f"arn:aws:lambda:*:*:function:{first}")
        assert problems() == [invokes, writes]
        assert attach(stack, first, second, "--detach", "--now").returncode == 0
