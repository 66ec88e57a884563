#!/usr/bin/env python3
"""Attaches the layer to functions that are deployed already, in the order in which results are to go on.

    attach.py --stack STACK First Second Third             First's result goes to Second, Second's to Third
    attach.py --stack STACK First Second Third --dry-run   only says what it would change
    attach.py --stack STACK First Second Third --detach    takes everything back that it changed

STACK is the one that template.yaml made. Needs boto3; region and credentials are AWS's own. Everything is looked at before
anything is changed, and other layers and variables stay as they are.
"""

import argparse

import boto3
from botocore.exceptions import ClientError
from change import OWN, WRAPPER, Change, carry_out
from errors import ERRORS, code_of, refuse, sentence
from function import functions_of
from obstacles import what_is_in_the_way


def main():
    arguments = command_line().parse_args()
    try:
        changes = changes_for(arguments)
    except ERRORS as error:
        refuse([sentence(error)])
    for change in changes:
        print(change)
    if not arguments.dry_run:
        carry_out(changes)


def command_line():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", required=True, help="name of the stack with the layer and the field store")
    parser.add_argument("functions", nargs="+", help="names of the functions, first to last")
    parser.add_argument("--dry-run", action="store_true", help="change nothing")
    parser.add_argument("--detach", action="store_true", help="take the layer off again")
    return parser


def changes_for(arguments):
    outputs = outputs_of(arguments.stack)
    functions = functions_of(arguments.functions)
    if arguments.detach:
        return [detached(function, outputs["StreamingLayer"]) for function in functions]
    table = boto3.client("dynamodb").describe_table(TableName=outputs["FieldStore"])["Table"]
    following = [*functions[1:], None]
    changes = [
        attached(function, follower, function is functions[0], outputs["StreamingLayer"], table)
        for function, follower in zip(functions, following)
    ]
    refuse(what_is_in_the_way(changes, outputs["StreamingLayer"]))
    # The last one first: nobody may send an envelope to a function that does not understand it yet.
    return changes[::-1]


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


def attached(function, follower, is_first, layer, table):
    """The layer, and the variables and permissions that a function in this place of the chain needs."""
    variables = without_own(function.variables)
    variables["AWS_LAMBDA_EXEC_WRAPPER"] = WRAPPER
    variables["UNUM_TABLE"] = table["TableName"]
    if follower:
        variables["UNUM_NEXT"] = follower.name
    if is_first:
        variables["UNUM_ENTRY"] = "true"
    layers = [*without(function.layers, layer), layer]
    return Change(function, layers, variables, policy(follower, is_first, table["TableArn"]))


def detached(function, layer):
    variables = without_own(function.variables)
    # Whose place the layer has taken gets it back.
    other = variables.pop("UNUM_EXEC_WRAPPER", None)
    if variables.get("AWS_LAMBDA_EXEC_WRAPPER") == WRAPPER:
        del variables["AWS_LAMBDA_EXEC_WRAPPER"]
        if other:
            variables["AWS_LAMBDA_EXEC_WRAPPER"] = other
    return Change(function, without(function.layers, layer), variables, None)


def without_own(variables):
    return {name: value for name, value in variables.items() if name not in OWN}


def without(layers, layer):
    """Every layer but any version of this one."""
    return [arn for arn in layers if arn.rpartition(":")[0] != layer.rpartition(":")[0]]


def policy(follower, is_first, table):
    """Least privilege: what a writer writes, what a reader reads, and the one function that comes next. None: nothing."""
    actions = set()
    if follower:
        actions |= {"dynamodb:PutItem", "dynamodb:Query"}
    if not is_first:
        actions |= {"dynamodb:Query", "dynamodb:BatchGetItem"}
    statements = []
    if actions:
        statements.append({"Effect": "Allow", "Action": sorted(actions), "Resource": table})
    if follower:
        statements.append({"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": follower.arn})
    return {"Version": "2012-10-17", "Statement": statements} if statements else None


if __name__ == "__main__":
    main()
