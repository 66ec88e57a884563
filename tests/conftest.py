"""Fixtures for tests that need AWS: they know only AWS_ENDPOINT_URL, and start host mode if it is unset."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

import environment
import server
from attach_script import Script, made_stack
from deployed import Deployed
from functions import Functions, archive, unique_name
from rendezvous import Rendezvous
from streaming_chain import Chain
from xray_daemon import XRayDaemon

ROOT = Path(__file__).resolve().parents[1]
# LocalStack 4.7.0 does not know it, nor does the sam of the test environment build for it.
NOT_IN_LOCALSTACK = {"python3.14"}

# Several workers of pytest-xdist share one LocalStack if `server.py run` starts it around pytest; otherwise
# each worker starts its own.


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    if "AWS_ENDPOINT_URL" in os.environ:
        for name, value in server.CLIENT.items():
            os.environ.setdefault(name, value)
        yield os.environ["AWS_ENDPOINT_URL"]
        return
    env = environment.ensure()
    with server.HostMode(env) as host_mode, pytest.MonkeyPatch.context() as patch:
        for name, value in server.client_variables(host_mode.endpoint, env).items():
            patch.setenv(name, value)
        yield host_mode.endpoint


@pytest.fixture(scope="session")
def host_mode(endpoint: str) -> None:
    """For tests of what only host mode does: skips them elsewhere."""
    if not os.environ.get("HOST_MODE"):
        pytest.skip(f"{endpoint} is not host mode")


@pytest.fixture(scope="session")
def lambda_client(endpoint: str) -> BaseClient:
    # One attempt: a repeated invocation would hide a failure. How long it takes is the function's business.
    config = Config(retries={"total_max_attempts": 1}, read_timeout=900, max_pool_connections=50)
    return boto3.client("lambda", endpoint_url=endpoint, config=config)


@pytest.fixture(scope="session")
def dynamodb(endpoint: str) -> BaseClient:
    return boto3.client("dynamodb", endpoint_url=endpoint)


@pytest.fixture(scope="session")
def logs(endpoint: str) -> BaseClient:
    return boto3.client("logs", endpoint_url=endpoint)


@pytest.fixture(scope="session")
def s3(endpoint: str) -> BaseClient:
    return boto3.client("s3", endpoint_url=endpoint)


@pytest.fixture(scope="session")
def runtimes(endpoint: str) -> list[str]:
    """The managed runtimes to test on, oldest first: what host mode offers, elsewhere TEST_RUNTIMES."""
    if os.environ.get("HOST_MODE"):
        offered = set(json.loads(Path(environment.ensure().runtimes).read_text())) - NOT_IN_LOCALSTACK
    else:
        offered = os.environ.get("TEST_RUNTIMES", "python3.12").split(",")
    return sorted(offered, key=lambda name: int(name.rpartition(".")[2]))


@pytest.fixture
def functions(lambda_client: BaseClient, logs: BaseClient) -> Iterator[Functions]:
    made = Functions(lambda_client, logs)
    yield made
    made.delete_all()


@pytest.fixture(scope="session")
def layer_folder() -> Path:
    """The layer's files as `make layer` lays them out, or where UNUM_LAYER says."""
    folder = Path(os.environ.get("UNUM_LAYER", ROOT / "dist" / "layer"))
    assert (folder / "bootstrap").is_file(), f"there is no layer in {folder}: make layer"
    return folder


@pytest.fixture(scope="session")
def command_line() -> Path:
    """The unum-streaming command as `make e2e` builds it, or where UNUM_CLI says."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    command = Path(os.environ.get("UNUM_CLI", target / "debug" / "unum-streaming"))
    assert command.is_file(), f"there is no {command}: make e2e builds it"
    return command


@pytest.fixture(scope="session")
def streaming_layer(lambda_client: BaseClient, logs: BaseClient, layer_folder: Path) -> Iterator[str]:
    """The layer's ARN."""
    made = Functions(lambda_client, logs)
    files = [file for file in layer_folder.rglob("*") if file.is_file()]
    yield made.layer({str(file.relative_to(layer_folder)): file for file in files})
    made.delete_all()


@pytest.fixture(scope="session")
def field_table(dynamodb: BaseClient) -> Iterator[str]:
    """A field store, made as the README says."""
    name = unique_name()
    keys = {"stream": "HASH", "field": "RANGE"}
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
    )
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    yield name
    dynamodb.delete_table(TableName=name)


@pytest.fixture
def chain(
    functions: Functions,
    lambda_client: BaseClient,
    streaming_layer: str,
    field_table: str,
    rendezvous: Rendezvous,
    runtimes: list[str],
) -> Chain:
    return Chain(functions, lambda_client, streaming_layer, field_table, rendezvous, runtimes[-1])


@pytest.fixture
def xray() -> Iterator[XRayDaemon]:
    """Where X-Ray's daemon would be."""
    with XRayDaemon() as daemon:
        yield daemon


@pytest.fixture
def rendezvous(host_mode: None) -> Iterator[Rendezvous]:
    with Rendezvous().open() as place:
        yield place


@pytest.fixture
def deployed(functions: Functions, lambda_client: BaseClient, runtimes: list[str]) -> Iterator[Deployed]:
    made = Deployed(functions, lambda_client, boto3.client("iam"), runtimes[-1])
    yield made
    made.delete_roles()


@pytest.fixture(scope="session")
def existing_layer(lambda_client: BaseClient) -> Iterator[str]:
    """A layer by the name that SAM gives it. Nothing is run here, so there is little in it."""
    version = lambda_client.publish_layer_version(
        LayerName="StreamingLayer",
        Content={"ZipFile": archive({"bootstrap": ""})},
        CompatibleArchitectures=["x86_64"],
    )
    yield version["LayerVersionArn"]
    lambda_client.delete_layer_version(LayerName="StreamingLayer", VersionNumber=version["Version"])


@pytest.fixture(scope="session")
def existing_stack(endpoint: str, existing_layer: str, field_table: str) -> Iterator[str]:
    """What is left of the template: its outputs."""
    name = unique_name()
    outputs = {"StreamingLayer": {"Value": existing_layer}, "FieldStore": {"Value": field_table}}
    yield from made_stack(name, outputs)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Script:
    return Script(monkeypatch, capsys)
