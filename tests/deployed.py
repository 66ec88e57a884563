"""Functions as somebody has them, without the layer, and the script that attaches it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from botocore.client import BaseClient

import examples
from functions import Functions, unique_name

SOURCES = examples.ROOT / "quickstart" / "src"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
# Not ours: they have to stay as they are.
VARIABLES = {"MODE": "live", "UNUM_LOG": "debug"}


def policy_name(function: str) -> str:
    """As the script names it."""
    return f"unum-streaming-{function}@{os.environ['AWS_DEFAULT_REGION']}"


class Deployed:
    """Two functions as somebody has them: with a role each, variables and a layer of their own."""

    def __init__(
        self, functions: Functions, lambda_client: BaseClient, iam: BaseClient, runtime: str
    ) -> None:
        self._lambda, self._iam, self._functions = lambda_client, iam, functions
        self._runtime = runtime
        self.other_layer = functions.layer({"python/other.py": ""})
        self.names = [self._create(source) for source in ("features", "summary")]

    def one_more(self) -> str:
        """The name of a third."""
        self.names.append(self._create("features"))
        return self.names[-1]

    def _create(self, source: str) -> str:
        name = unique_name()
        role = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        return self._functions.create(
            {"app.py": SOURCES / source / "app.py"},
            runtime=self._runtime,
            handler="app.lambda_handler",
            environment=VARIABLES,
            layers=[self.other_layer],
            timeout=60,
            name=name,
            role=role["Arn"],
        )

    def state(self) -> list[Any]:
        """Layers, variables and policies of each."""
        return [
            (
                [layer["Arn"] for layer in configuration.get("Layers", [])],
                configuration["Environment"]["Variables"],
                {policy: self._policy(name, policy) for policy in self._policies(name)},
            )
            for name in self.names
            for configuration in [self._lambda.get_function_configuration(FunctionName=name)]
        ]

    def _policies(self, role: str) -> list[str]:
        return self._iam.list_role_policies(RoleName=role)["PolicyNames"]

    def _policy(self, role: str, policy: str) -> list[tuple[Any, str]]:
        document = self._iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        return [
            (statement["Action"], statement["Resource"].rpartition(":")[2])
            for statement in document["Statement"]
        ]

    def configure(self, name: str, **configuration: Any) -> None:
        """Changes it as somebody else would."""
        self._lambda.update_function_configuration(FunctionName=name, **configuration)
        self._lambda.get_waiter("function_updated_v2").wait(FunctionName=name)

    def take_policy(self, name: str) -> None:
        self._iam.delete_role_policy(RoleName=name, PolicyName=policy_name(name))

    def allow(self, name: str, action: str, resource: str) -> None:
        """In place of what was allowed before in this way."""
        statement = {"Effect": "Allow", "Action": action, "Resource": resource}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._iam.put_role_policy(RoleName=name, PolicyName="allowed", PolicyDocument=document)

    def delete_roles(self) -> None:
        for name in self.names:
            for policy in self._policies(name):
                self._iam.delete_role_policy(RoleName=name, PolicyName=policy)
            self._iam.delete_role(RoleName=name)


def attach(stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, examples.ROOT / "existing" / "attach.py", "--stack", stack, *arguments]
    return subprocess.run(command, capture_output=True, text=True)
