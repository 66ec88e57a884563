"""What the templates say: valid, alike in what they share, with no permission too many, and handlers that stream."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import examples
import stacks
from examples import EXAMPLES, functions_of


def test_each_template_is_tried() -> None:
    assert sorted([*EXAMPLES, "existing"]) == examples.TEMPLATES


@pytest.mark.parametrize("template", examples.TEMPLATES)
def test_templates_are_valid(endpoint: str, template: str) -> None:
    file = examples.ROOT / template / "template.yaml"
    assert "is a valid SAM Template" in stacks.sam("validate", "--lint", "--template-file", file)


@pytest.mark.parametrize("template", examples.TEMPLATES)
def test_each_says_what_it_is_for(template: str) -> None:
    readme = (examples.ROOT / template / "README.md").read_text()
    assert readme.startswith(f"# {template}\n")


@pytest.mark.parametrize("template", examples.TEMPLATES)
def test_what_templates_share_is_the_same_in_all(template: str) -> None:
    first, other = examples.template("quickstart"), examples.template(template)
    assert other["Conditions"] == first["Conditions"]
    for name in ("StreamingLayer", "FieldStore"):
        assert other["Resources"][name] == first["Resources"][name]
    shared = first["Parameters"] if functions_of(template) else ["Encryption", "PointInTimeRecovery"]
    for name in shared:
        assert other["Parameters"][name] == first["Parameters"][name]
    if functions_of(template):
        common, expected = (content["Globals"]["Function"] for content in (other, first))
        for name in ("Runtime", "Timeout", "Layers"):
            assert common[name] == expected[name]
        variables = common["Environment"]["Variables"]
        assert variables | expected["Environment"]["Variables"] == variables


@pytest.mark.parametrize("template", EXAMPLES)
def test_functions_may_do_what_they_have_to_and_no_more(template: str) -> None:
    functions = functions_of(template)
    readers = {name for function in functions.values() for name in function.next}
    for function in functions.values():
        needed = {("lambda:InvokeFunction", name) for name in function.next}
        if function.next:
            needed |= {("dynamodb:PutItem", "FieldStore"), ("dynamodb:Query", "FieldStore")}
        if function.name in readers:
            needed |= {("dynamodb:Query", "FieldStore"), ("dynamodb:BatchGetItem", "FieldStore")}
        assert function.permissions == needed
        assert function.is_entry == (function.name not in readers)


@pytest.mark.parametrize("template", EXAMPLES)
def test_handlers_stream_what_they_can(command_line: Path, template: str) -> None:
    functions = functions_of(template)
    writers = {function.name for function in functions.values() if function.next}
    assert set(EXAMPLES[template].streams) == writers
    for name, fields in EXAMPLES[template].streams.items():
        source, handler = functions[name].source, functions[name].handler
        required = [word for name in fields.split() for word in ("--require", name)]
        command = [command_line, "analyze", source, "--handler", handler, *required]
        analyzed = subprocess.run(command, capture_output=True, text=True)
        assert analyzed.returncode == 0, analyzed.stdout + analyzed.stderr
