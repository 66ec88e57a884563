"""What is in sam-templates/, read from the templates themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1] / "sam-templates"
TEMPLATES = sorted(path.parent.name for path in ROOT.glob("*/template.yaml"))


@dataclass(frozen=True)
class Example:
    """What to expect of a template."""

    streams: Mapping[str, str]
    """For each writer, the fields that go ahead."""
    fields: int
    """How many each writer has in all."""
    prints: Mapping[str, str]
    """For each function at an end, how the line begins that it prints."""
    parameters: Mapping[str, Any] = field(default_factory=dict)


FIVE = "temperature humidity pressure wind"
EXAMPLES = {
    "quickstart": Example({"Features": "statistical temporal"}, 3, {"Summary": "SUMMARY "}),
    "pipeline": Example(
        {"Generator": FIVE, "Processor": FIVE, "Analyzer": FIVE},
        5,
        {"Reporter": "REPORT {"},
        {"FieldMilliseconds": 400},
    ),
    "fan-out": Example({"Document": "words sentences"}, 3, {"Index": "INDEX {", "Summary": "SUMMARY {"}),
    "api": Example({"Order": "items price"}, 3, {"Fulfilment": "FULFILLED {"}),
    "dna": Example(
        {
            "Sequence": "bases composition gc_profile kmers",
            "Features": "orfs motifs islands origin",
            "Genes": "proteins codon_usage masses hydropathies",
        },
        5,
        {"Report": "REPORT {"},
    ),
}


@dataclass(frozen=True)
class FunctionOf:
    """A function in a template."""

    name: str
    source: Path
    """The handler's file."""
    handler: str
    next: tuple[str, ...]
    is_entry: bool
    permissions: frozenset[tuple[str, str]]
    """Pairs of an action and the name of the resource that it is allowed on."""


class _Loader(yaml.SafeLoader):
    """`!Ref X` becomes `{"Ref": "X"}`, and so on for every short form."""


def _short_form(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)


def template(name: str) -> dict[str, Any]:
    return yaml.load((ROOT / name / "template.yaml").read_text(), _Loader)


def functions_of(name: str) -> dict[str, FunctionOf]:
    content = template(name)
    common = content.get("Globals", {}).get("Function", {})
    found = {}
    for resource, definition in content["Resources"].items():
        if definition["Type"] == "AWS::Serverless::Function":
            properties = common | definition["Properties"]
            variables = properties["Environment"]["Variables"]
            module, _, handler = properties["Handler"].rpartition(".")
            found[resource] = FunctionOf(
                name=resource,
                source=ROOT / name / properties["CodeUri"] / f"{module}.py",
                handler=f"{module}.{handler}",
                next=_next(variables.get("UNUM_NEXT")),
                is_entry=variables.get("UNUM_ENTRY") == "true",
                permissions=frozenset(_permissions(properties)),
            )
    return found


def _next(value: Mapping[str, str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value["Ref"],) if "Ref" in value else tuple(re.findall(r"\$\{(\w+)\}", value["Sub"]))


def _permissions(properties: Mapping[str, Any]) -> set[tuple[str, str]]:
    allowed = set()
    for policy in properties["Policies"]:
        for statement in policy["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in _list(statement["Action"]):
                for resource in _list(statement["Resource"]):
                    name, _, attribute = resource["GetAtt"].partition(".")
                    assert attribute == "Arn"
                    allowed.add((action, name))
    return allowed


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
