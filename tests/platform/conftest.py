"""A runtime of either side, started by a test and gone after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_stub import AwsStub

from lambda_process import AWS, OURS, Managed, Runtime, Start, managed
from scripted_api import ScriptedApi


@pytest.fixture(scope="session")
def newest() -> Managed:
    """What both sides run on where the version makes no difference."""
    return list(managed().values())[-1]


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    with ScriptedApi() as scripted:
        yield scripted


@pytest.fixture
def stub() -> Iterator[AwsStub]:
    """Where DynamoDB and Lambda would be."""
    aws = AwsStub()
    yield aws
    aws.close()


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """LAMBDA_TASK_ROOT"""
    return tmp_path / "task"


@pytest.fixture(params=[AWS, OURS])
def side(request: pytest.FixtureRequest) -> str:
    """A test that takes this says what is true of both runtimes."""
    return request.param


@pytest.fixture
def start(layer_folder: Path, newest: Managed, api: ScriptedApi, tmp_path: Path) -> Iterator[Start]:
    """start("def handler(event, context): …", side=OURS, env={…})"""
    started = []

    def starter(
        source: str | dict[str, str],
        *,
        side: str = OURS,
        runtime: Managed | None = None,
        api: ScriptedApi = api,
        **more: object,
    ) -> Runtime:
        files = source if isinstance(source, dict) else {"app.py": source}
        for name, text in files.items():
            path = tmp_path / "task" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755 if text.startswith("#!") else 0o644)
        started.append(Runtime(side, runtime or newest, api, tmp_path, layer=layer_folder, **more))
        return started[-1]

    yield starter
    for runtime in started:
        runtime.kill()
