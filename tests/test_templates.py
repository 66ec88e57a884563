"""The templates, deployed by the stock `sam` command: streamed and not streamed they give the same results."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

import stacks
from functions import Functions, unique_name, wait_until
from records import record_of


@pytest.fixture
def run_chain(
    tmp_path: Path, layer_folder: Path, lambda_client: BaseClient, logs: BaseClient, runtimes: list[str]
) -> Callable[..., tuple[str, list[dict[str, Any]], Any]]:
    watched = Functions(lambda_client, logs)

    def run(
        template: str, stages: list[str], streaming: str, mark: str, parameters: Mapping[str, Any]
    ) -> tuple[str, list[dict[str, Any]], Any]:
        """What the last function printed behind `mark`, a record of each function, and the first one's answer."""
        folder = tmp_path / streaming
        file = stacks.lay_out(folder, template, layer_folder)
        common = {"PythonRuntime": runtimes[-1], "Streaming": streaming, "LogLevel": "debug"}
        with stacks.deployed(file, unique_name(), {**common, **parameters}) as outputs:
            event = json.loads((file.parent / "events" / "start.json").read_text())
            result = watched.invoke(outputs[stages[0]], event)
            assert result.error is None, result.raw
            records = [
                wait_until(
                    lambda name=outputs[stage]: record_of(watched.log(name), result.request_id),
                    f"a record of {stage}",
                    seconds=60,
                )
                for stage in stages
            ]
            log = watched.wait_for_log(outputs[stages[-1]], mark)
            printed = next(line for line in log.splitlines() if line.startswith(mark))
            return printed, records, result.payload

    return run


def test_templates_are_valid() -> None:
    for template in sorted((stacks.ROOT / "sam-templates").glob("*/template.yaml")):
        assert "is a valid SAM Template" in stacks.sam("validate", "--lint", "--template-file", template)


@pytest.mark.parametrize(
    ("template", "stages", "mark", "parameters", "streamed"),
    [
        ("quickstart", ["Features", "Summary"], "SUMMARY ", {}, 3),
        (
            "pipeline",
            ["Generator", "Processor", "Analyzer", "Reporter"],
            "REPORT {",
            {"FieldMilliseconds": 20},
            5,
        ),
    ],
)
def test_streamed_and_not_streamed_give_the_same(
    run_chain: Callable[..., Any],
    template: str,
    stages: list[str],
    mark: str,
    parameters: Mapping[str, Any],
    streamed: int,
) -> None:
    whole, at_the_return, answer = run_chain(template, stages, "off", mark, parameters)
    printed, early, streamed_answer = run_chain(template, stages, "auto", mark, parameters)
    assert printed == whole
    assert streamed_answer == answer
    assert len({record["session"] for record in early}) == 1
    for this, following in pairwise(at_the_return):
        assert following["started_ms"] >= this["ended_ms"]
    for this, following in pairwise(early):
        assert this["next"][0]["early"]
        assert following["source"] == this["function"]
        assert len(this["published"]) == streamed
