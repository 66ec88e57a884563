"""Attaching: what each function gets by its place in the chain."""

import boto3
from botocore.exceptions import ClientError
from change import OWN, Change, Plan
from errors import code_of, refuse
from function import WRAPPER
from names import NAME, may_mean, names_in
from obstacles import (
    functions_elsewhere,
    what_is_in_the_way,
    who_had_another_next,
    who_has_too_little_time,
    who_moves,
    who_would_move,
)
from permissions import policy_for
from role_policies import policies_found
from senders import senders_to, who_may_send


def attaching(functions, stack, may_move):
    outputs = outputs_of(stack)
    layer = outputs["StreamingLayer"]
    table = boto3.client("dynamodb").describe_table(TableName=outputs["FieldStore"])["Table"]
    policies, notes = policies_found(functions)
    changes = [
        attached(function, follower, function is functions[0], layer, table, policies[function.arn])
        for function, follower in zip(functions, [*functions[1:], None])
    ]
    first = functions[0]
    senders, not_looked_at = senders_to([first], functions)
    elsewhere = functions_elsewhere(functions, table)
    moving = [] if may_move else who_would_move(elsewhere, table, stack)
    refuse([*who_may_send(first, senders), *moving, *what_is_in_the_way(changes, layer)])
    notes += [*not_looked_at, *who_moves(elsewhere, table)]
    notes += [*who_has_too_little_time(functions), *who_had_another_next(changes)]
    # The last one first: nobody may send an envelope to a function that does not understand it yet.
    return Plan(changes[::-1], notes)


def outputs_of(stack):
    client = boto3.client("cloudformation")
    try:
        described = client.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if code_of(error) == "ValidationError" and "does not exist" in str(error):
            refuse([f"there is no stack {stack} in {client.meta.region_name}"])
        raise
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    missing = [name for name in ("StreamingLayer", "FieldStore") if name not in outputs]
    refuse(
        f"stack {stack} has no output {name}: it has to be one that this folder's template.yaml made"
        for name in missing
    )
    return outputs


def attached(function, follower, is_first, layer, table, policies):
    """The layer, and the variables and permissions that a function in this place of the chain needs."""
    variables = {name: value for name, value in function.variables.items() if name not in OWN}
    variables["AWS_LAMBDA_EXEC_WRAPPER"] = WRAPPER
    variables["UNUM_TABLE"] = table["TableName"]
    if follower:
        variables["UNUM_NEXT"] = next_of(function, follower)
    if is_first:
        variables["UNUM_ENTRY"] = "true"
    # Any other version of the layer goes.
    others = [arn for arn in function.layers if arn.rpartition(":")[0] != layer.rpartition(":")[0]]
    policy = policy_for(variables, function.arn, table["TableArn"])
    return Change(function, [*others, layer], variables, policy, policies)


def next_of(function, follower):
    """What is set by hand stays if the follower is among it: as an alias, or together with others."""
    by_hand = function.variables.get("UNUM_NEXT", "")
    names = names_in(by_hand)
    is_kept = all(map(NAME.fullmatch, names)) and any(may_mean(name, follower.arn) for name in names)
    return by_hand if is_kept else follower.name
