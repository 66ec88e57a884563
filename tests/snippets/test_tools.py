"""Each snippet through its own tool: what CloudFormation would get has the layer, the settings and least privilege."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import environment
from snippet_tools import run

Template = dict[str, Any]
QUOTE = '"'
# Published before: without a layer of its own, `serverless package` asks AWS nothing.
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:unum-streaming:1"


def test_cdk_in_python(tools: Path, snippet: Callable[[str], Path]) -> None:
    folder = snippet("cdk-python")
    run(tools / "venv" / "bin" / "python", "app.py", folder=folder, CDK_OUTDIR="cdk.out")
    check(folder / "cdk.out" / "UnumStreaming.template.json")


def test_cdk_in_typescript(tools: Path, snippet: Callable[[str], Path]) -> None:
    folder = snippet("cdk-typescript")
    (folder / "node_modules").symlink_to(tools / "node_modules")
    compiler = tools / "node_modules" / ".bin" / "tsc"
    options = ["--strict", "--skipLibCheck", "--module", "commonjs", "--target", "es2022", "--types", "node"]
    run(compiler, *options, "app.ts", folder=folder)
    run("node", "app.js", folder=folder, CDK_OUTDIR="cdk.out")
    check(folder / "cdk.out" / "UnumStreaming.template.json")


def test_serverless_framework(tools: Path, snippet: Callable[[str], Path]) -> None:
    folder = snippet("serverless")
    settings = {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off", "HOME": str(folder)}
    run(
        tools / "node_modules" / ".bin" / "serverless",
        "package",
        f"--param=layer={LAYER}",
        folder=folder,
        **settings,
    )
    check(folder / ".serverless" / "cloudformation-template-update-stack.json", LAYER)


def test_terraform(tools: Path, snippet: Callable[[str], Path]) -> None:
    """Its providers' schemas are not at hand: that every reference leads somewhere has to do."""
    file = snippet("terraform") / "main.tf"
    parse = "import hcl2, json, sys; print(json.dumps(hcl2.load(open(sys.argv[1]))))"
    parsed = json.loads(run(tools / "venv" / "bin" / "python", "-c", parse, file, folder=file.parent))
    defined = {
        f"{prefix}{kind.strip(QUOTE)}.{name.strip(QUOTE)}"
        for section, prefix in (("resource", ""), ("data", "data."))
        for block in parsed[section]
        for kind, named in block.items()
        for name in named
    }
    used = set(re.findall(r"(?<![\w.])((?:data\.)?(?:aws|archive)_\w+\.\w+)", file.read_text()))
    assert used - defined == set()
    assert len(defined) == 15


def check(path: Path, layer: str | None = None) -> None:
    """The chain in a CloudFormation template, with a layer of its own or this one."""
    run(environment.ensure([]).bin / "cfn-lint", "--non-zero-exit-code", "error", path, folder=path.parent)
    resources = json.loads(path.read_text())["Resources"]
    functions = of_type(resources, "AWS::Lambda::Function")
    layers = [layer] if layer else [{"Ref": name} for name in of_type(resources, "AWS::Lambda::LayerVersion")]
    assert len(layers) == 1
    [(table, store)] = of_type(resources, "AWS::DynamoDB::Table").items()
    writer, reader = sorted(functions, key=lambda name: "UNUM_NEXT" not in variables(functions[name]))
    common = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap", "UNUM_TABLE": {"Ref": table}}
    assert variables(functions[writer]) == {**common, "UNUM_NEXT": {"Ref": reader}, "UNUM_ENTRY": "true"}
    assert variables(functions[reader]) == common
    for function in functions.values():
        assert function["Layers"] == layers
    assert actions(resources, functions[writer]) == {"dynamodb:PutItem", "lambda:InvokeFunction"}
    assert actions(resources, functions[reader]) == {"dynamodb:Query", "dynamodb:BatchGetItem"}
    assert [(key["AttributeName"], key["KeyType"]) for key in store["KeySchema"]] == [
        ("stream", "HASH"),
        ("field", "RANGE"),
    ]
    assert store["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def of_type(resources: Template, kind: str) -> Template:
    return {name: entry["Properties"] for name, entry in resources.items() if entry["Type"] == kind}


def variables(function: Template) -> Template:
    return function["Environment"]["Variables"]


def actions(resources: Template, function: Template) -> set[str]:
    """What the function's role allows, besides its managed policies."""
    role = function["Role"]["Fn::GetAtt"][0]
    inline = [entry["PolicyDocument"] for entry in resources[role]["Properties"].get("Policies", [])]
    attached = [
        policy["PolicyDocument"]
        for policy in of_type(resources, "AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
    ]
    allowed = set()
    for document in inline + attached:
        for statement in document["Statement"]:
            action = statement["Action"]
            allowed |= set(action if isinstance(action, list) else [action])
    return allowed
