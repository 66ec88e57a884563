#!/usr/bin/env python3
"""Attaches the layer to functions that are deployed already, in the order in which results are to go on.

    attach.py --stack STACK First Second Third             First's result goes to Second, Second's to Third
    attach.py --stack STACK First Second Third --dry-run   only says what it would change
    attach.py --stack STACK First Second Third --detach    takes everything back that it changed

STACK is the one that template.yaml made. Needs boto3; region and credentials are AWS's own. Everything is looked at before
anything is changed, and other layers and variables stay as they are.
"""

import argparse
import json

import boto3
from botocore.exceptions import ClientError

WRAPPER = "/opt/bootstrap"
VARIABLES = ("AWS_LAMBDA_EXEC_WRAPPER", "UNUM_TABLE", "UNUM_NEXT", "UNUM_ENTRY")
MOST_LAYERS = 5
PYTHONS = ("python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", required=True, help="name of the stack with the layer and the field store")
    parser.add_argument("functions", nargs="+", help="names of the functions, first to last")
    parser.add_argument("--dry-run", action="store_true", help="change nothing")
    parser.add_argument("--detach", action="store_true", help="take the layer off again")
    arguments = parser.parse_args()
    outputs = outputs_of(arguments.stack)
    functions = [Function(name) for name in arguments.functions]
    refuse(what_cannot_be_read(functions))
    if not arguments.detach:
        refuse(what_is_in_the_way(functions, outputs["StreamingLayer"]))
    followers = dict(zip(functions, functions[1:]))
    changes = [
        Change(function, None if arguments.detach else settings(function, followers, outputs), outputs)
        for function in functions
    ]
    # Nobody may send an envelope to a function that does not understand it yet, or no longer.
    for change in changes if arguments.detach else reversed(changes):
        print(change)
        if not arguments.dry_run:
            change.apply()


def outputs_of(stack):
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}


class Function:
    """A function as it is deployed."""

    def __init__(self, name):
        found = boto3.client("lambda").get_function_configuration(FunctionName=name)
        self.name = found["FunctionName"]
        self.arn = found["FunctionArn"]
        self.runtime = found.get("Runtime", "container image")
        self.architecture = found.get("Architectures", ["x86_64"])[0]
        self.layers = [layer["Arn"] for layer in found.get("Layers", [])]
        environment = found.get("Environment", {})
        self.variables = environment.get("Variables", {})
        # Without kms:Decrypt Lambda answers with an error in the variables' place.
        self.variables_error = environment.get("Error")
        self.revision = found["RevisionId"]
        self.role = found["Role"].rpartition("/")[2]


def what_cannot_be_read(functions):
    for function in functions:
        error = function.variables_error
        if error:
            why = f"{error.get('ErrorCode')}: {error.get('Message')}"
            yield f"{function.name}: its variables cannot be read, and would be lost: {why}"


def what_is_in_the_way(functions, layer):
    """A sentence for each reason why the layer cannot be attached."""
    version = boto3.client("lambda").get_layer_version_by_arn(Arn=layer)
    architectures = version.get("CompatibleArchitectures", ["x86_64"])
    for function in functions:
        if function.runtime not in PYTHONS:
            yield f"{function.name} runs on {function.runtime}, the layer on {', '.join(PYTHONS)}"
        if function.architecture not in architectures:
            yield f"{function.name} runs on {function.architecture}, the layer on {', '.join(architectures)}"
        if function.variables.get("AWS_LAMBDA_EXEC_WRAPPER", WRAPPER) != WRAPPER:
            yield f"{function.name} has another AWS_LAMBDA_EXEC_WRAPPER: there can be only one"
        if len(without(function.layers, layer)) >= MOST_LAYERS:
            yield f"{function.name} has {MOST_LAYERS} layers already, the most that Lambda takes"


def refuse(complaints):
    complaints = list(complaints)
    if complaints:
        raise SystemExit("\n".join(complaints) + "\nnothing was changed")


def settings(function, followers, outputs):
    """The variables that a function in this place of the chain needs."""
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": WRAPPER, "UNUM_TABLE": outputs["FieldStore"]}
    if function in followers:
        variables["UNUM_NEXT"] = followers[function].name
    if function not in followers.values():
        variables["UNUM_ENTRY"] = "true"
    return variables


def without(layers, layer):
    """Every layer but any version of this one."""
    return [arn for arn in layers if arn.rpartition(":")[0] != layer.rpartition(":")[0]]


class Change:
    """What becomes of one function; `variables` is None if the layer goes."""

    def __init__(self, function, variables, outputs):
        self.function = function
        kept = {name: value for name, value in function.variables.items() if name not in VARIABLES}
        self.variables = {**kept, **(variables or {})}
        self.layers = without(function.layers, outputs["StreamingLayer"])
        self.policy = None
        if variables:
            self.layers.append(outputs["StreamingLayer"])
            self.policy = policy(function, variables, outputs["FieldStore"])

    def __str__(self):
        own = [f"{name}={self.variables[name]}" for name in VARIABLES if name in self.variables]
        return f"{self.function.name}: {' '.join(own) or 'without the layer'}"

    def apply(self):
        if self.policy:
            self.change_policy()
        client = boto3.client("lambda")
        try:
            client.update_function_configuration(
                FunctionName=self.function.name,
                Layers=self.layers,
                Environment={"Variables": self.variables},
                RevisionId=self.function.revision,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "PreconditionFailedException":
                meanwhile = "somebody has changed it in the meantime: run the same command again"
                raise SystemExit(f"{self.function.name}: {meanwhile}")
            raise
        client.get_waiter("function_updated_v2").wait(FunctionName=self.function.name)
        if not self.policy:
            self.change_policy()

    def change_policy(self):
        iam = boto3.client("iam")
        name = {"RoleName": self.function.role, "PolicyName": f"unum-streaming-{self.function.name}"}
        if self.policy:
            iam.put_role_policy(**name, PolicyDocument=json.dumps(self.policy))
        else:
            try:
                iam.delete_role_policy(**name)
            except iam.exceptions.NoSuchEntityException:
                pass


def policy(function, variables, table):
    """Least privilege: what a writer writes, what a reader reads, and the one function that comes next."""
    arn = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"]
    actions = []
    if "UNUM_NEXT" in variables:
        actions += ["dynamodb:PutItem", "dynamodb:Query"]
    if "UNUM_ENTRY" not in variables:
        actions += ["dynamodb:Query", "dynamodb:BatchGetItem"]
    actions = sorted(set(actions))
    statements = [{"Effect": "Allow", "Action": actions, "Resource": arn}] if actions else []
    if "UNUM_NEXT" in variables:
        following = f"{function.arn.rpartition(':')[0]}:{variables['UNUM_NEXT']}"
        statements.append({"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": following})
    return {"Version": "2012-10-17", "Statement": statements}


if __name__ == "__main__":
    main()
