"""The templates, deployed by the stock `sam` command: streamed and not streamed they give the same results."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.client import BaseClient

import examples
import stacks
from examples import EXAMPLES, functions_of
from functions import Functions, unique_name, wait_until
from records import record_of
from shown_commands import run, shown


@dataclass(frozen=True)
class Run:
    answer: Any
    """What the first function returned."""
    printed: Mapping[str, str]
    """For each function at an end, the line that it printed."""
    records: Mapping[str, dict[str, Any]]


class Runner:
    """Starts a chain with the template's own event, and waits for all that it leaves."""

    def __init__(self, watched: Functions) -> None:
        self._watched = watched

    def run(self, template: str, outputs: Mapping[str, str]) -> Run:
        functions = functions_of(template)
        (entry,) = (function.name for function in functions.values() if function.is_entry)
        event = json.loads((examples.ROOT / template / "events" / "start.json").read_text())
        result = self._watched.invoke(outputs[entry], event)
        assert result.error is None, result.raw
        records = {
            name: self.record(outputs[name], result.request_id) for name in functions if name in outputs
        }
        prints = EXAMPLES[template].prints
        printed = {name: self.line(outputs[name], mark) for name, mark in prints.items()}
        return Run(result.payload, printed, records)

    def record(self, function: str, session: str) -> dict[str, Any]:
        def probe() -> dict[str, Any] | None:
            return record_of(self._watched.log(function), session)

        return wait_until(probe, f"a record of {function}", seconds=60)

    def line(self, function: str, mark: str) -> str:
        log = self._watched.wait_for_log(function, mark, seconds=60)
        return next(line for line in log.splitlines() if line.startswith(mark))


@pytest.fixture
def runner(lambda_client: BaseClient, logs: BaseClient) -> Runner:
    return Runner(Functions(lambda_client, logs))


@pytest.fixture
def deployed(tmp_path: Path, layer_folder: Path, runtimes: list[str]) -> Callable[..., Any]:
    def deploy(template: str, streaming: str = "auto") -> Any:
        file = stacks.lay_out(tmp_path / streaming, template, layer_folder)
        common = {"PythonRuntime": runtimes[-1], "Streaming": streaming, "LogLevel": "debug"}
        return stacks.deployed(file, unique_name(), {**common, **EXAMPLES[template].parameters})

    return deploy


# The handlers of the other templates take no longer than a read of the field store.
NO_TIME = "the run's record was not read before the return"


def check_streamed(template: str, run: Run) -> None:
    """Every function has started the next ones early, with all fields published, unless it was done before it could."""
    assert len({record["session"] for record in run.records.values()}) == 1
    for function in functions_of(template).values():
        record = run.records[function.name]
        early, fields = bool(function.next), EXAMPLES[template].fields
        if template != "pipeline" and record["held_back"] == NO_TIME:
            early = False
        assert [following["early"] for following in record["next"]] == [early] * len(function.next)
        assert len(record["published"]) == (fields if early else 0)
        for name in function.next:
            assert run.records[name]["source"] == record["function"]


@pytest.mark.parametrize("template", EXAMPLES)
def test_streamed_and_not_streamed_give_the_same(
    deployed: Callable[..., Any], runner: Runner, template: str
) -> None:
    with deployed(template, "off") as outputs:
        whole = runner.run(template, outputs)
    with deployed(template, "auto") as outputs:
        early = runner.run(template, outputs)
    assert early.printed == whole.printed
    assert early.answer == whole.answer
    for function in functions_of(template).values():
        for name in function.next:
            assert whole.records[name]["started_ms"] >= whole.records[function.name]["ended_ms"]
    check_streamed(template, early)


def test_sam_logs_are_read_as_shown(
    endpoint: str,
    tmp_path: Path,
    layer_folder: Path,
    runtimes: list[str],
    runner: Runner,
    command_line: Path,
) -> None:
    commands = {one.command for one in shown() if one.command.startswith("sam logs ")}
    # It never ends.
    commands = {command.removesuffix(" --tail") for command in commands}
    piped = {command for command in commands if " | " in command}
    assert len(piped) == 2
    commands |= {command.replace(" | ", " --output json | ") for command in piped}
    laid_out = stacks.lay_out(tmp_path, "quickstart", layer_folder)
    name = unique_name()
    parameters = {"PythonRuntime": runtimes[-1], "LogLevel": "debug"}
    with stacks.deployed(laid_out, name, parameters) as outputs:
        runner.run("quickstart", outputs)
        for command in commands:
            own = command.replace("YOUR_STACK", name).replace("chain.svg", str(tmp_path / "chain.svg"))
            finished = run(f"set -o pipefail; {own}", command_line.parent)
            assert finished.returncode == 0, f"{own}\n{finished.stdout}"
            assert "left out" not in finished.stdout
    assert "Features" in (tmp_path / "chain.svg").read_text()


def test_sam_build_makes_the_layer(endpoint: str, tmp_path: Path, layer_folder: Path, runner: Runner) -> None:
    laid_out = stacks.lay_out(tmp_path, "quickstart", layer_folder)
    # What `make layer` leaves is not looked at.
    (tmp_path / "dist" / "layer" / "bootstrap").write_text("no binary")
    # `sam build` wants the interpreter of the functions; this one is there.
    runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"
    parameters = {"PythonRuntime": runtime, "LogLevel": "debug"}
    template = stacks.built(laid_out, layer_folder / "bootstrap", parameters)
    with stacks.deployed(template, unique_name(), parameters) as outputs:
        check_streamed("quickstart", runner.run("quickstart", outputs))


def test_the_api_answers_and_refuses(
    host_mode: None, endpoint: str, deployed: Callable[..., Any], runner: Runner, lambda_client: BaseClient
) -> None:
    with deployed("api") as outputs:
        good, refused = (
            json.loads((examples.ROOT / "api" / "events" / f"{name}.json").read_text())
            for name in ("start", "refused")
        )
        status, answer = post(endpoint, outputs["Url"], good["body"])
        assert (status, list(answer)) == (200, ["items", "price", "delivery"])
        assert answer["price"]["total"] == 11439
        runner.line(outputs["Fulfilment"], "FULFILLED {")
        assert post(endpoint, outputs["Url"], refused["body"]) == (
            400,
            {"error": "we sell kettle, cup, saucer"},
        )
        runner.line(outputs["Fulfilment"], "FULFILLED nothing")
        forged = {"v": 2, "session": "s", "source": "Order", "futures": ["body"], "deadline_ms": 1}
        payload = json.dumps({**good, "__unum__": forged})
        invoked = lambda_client.invoke(FunctionName=outputs["Order"], Payload=payload)
        assert json.loads(invoked["Payload"].read()) == answer


def post(endpoint: str, url: str, body: str) -> tuple[int, Any]:
    """Status and answer. LocalStack tells function URLs apart by the host's name, which nobody has to resolve."""
    headers = {"Host": urlsplit(url).netloc, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{endpoint}/", body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
