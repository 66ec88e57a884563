"""`unum-streaming doctor --aws` where AWS does not say everything: a server on this machine stands for it."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from functions import archive

ARN = "arn:aws:lambda:eu-west-1:123456789012"
LAYER = f"{ARN}:layer:unum-streaming:3"
HANDLER = "def handler(event, context):\n    a = [1]\n    b = str(event)\n    return {'a': a, 'b': b}\n"
TABLE = {
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("stream", "field")],
    "KeySchema": [
        {"AttributeName": "stream", "KeyType": "HASH"},
        {"AttributeName": "field", "KeyType": "RANGE"},
    ],
}
SECRET = "a-signature"


class Aws:
    """What is asked for and not set is denied. Keys are operations; values are bodies, JSON if they are no bytes."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: set[str] = set()
        aws = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, _ = self.path.partition("?")
                self._answer(
                    {
                        "/2015-03-31/functions/f/configuration": "GetFunctionConfiguration",
                        "/2015-03-31/functions/f": "GetFunction",
                        "/2018-10-31/layers": "GetLayerVersionByArn",
                    }.get(path, path)
                )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
                self._answer(target or dict(pair.split("=") for pair in body.split("&"))["Action"])

            def _answer(self, operation: str) -> None:
                aws.asked.add(operation)
                answer = aws.answers.get(operation, {"message": "not for you"})
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(200 if operation in aws.answers else 403)
                self.send_header("X-Amzn-ErrorType", "AccessDeniedException")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def configure(self, **more: Any) -> None:
        variables = {
            "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
            "UNUM_TABLE": "fields",
            "UNUM_NEXT": "f2",
            "UNUM_ENTRY": "true",
        }
        self.answers["GetFunctionConfiguration"] = {
            "FunctionName": "f",
            "FunctionArn": f"{ARN}:function:f",
            "Handler": "app.handler",
            "Runtime": "python3.12",
            "Role": "arn:aws:iam::123456789012:role/r",
            "Timeout": 3,
            "Environment": {"Variables": variables},
            "Layers": [{"Arn": LAYER}],
            **more,
        }

    def give(self, operation: str, member: str, content: bytes) -> None:
        """Lambda's answer names a place, and this is what is there."""
        self.answers[operation] = {
            member: {"Location": f"{self.url}/{operation}.zip?X-Amz-Signature={SECRET}"}
        }
        self.answers[f"/{operation}.zip"] = content

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def aws() -> Iterator[Aws]:
    stub = Aws()
    stub.configure()
    yield stub
    stub.close()


def doctor(aws: Aws, command_line: Path) -> tuple[int, list[str]]:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1"}
    endpoints = {"AWS_ENDPOINT_URL": aws.url, "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [command_line, "doctor", "--format", "json", "--aws", "f"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **keys, **endpoints},
    )
    assert SECRET not in done.stdout + done.stderr
    if not done.stdout:
        return done.returncode, [done.stderr]
    function = json.loads(done.stdout)["functions"][0]
    return done.returncode, [f"{finding['kind']}: {finding['what']}" for finding in function["findings"]]


def test_everything_is_denied_but_the_settings(aws: Aws, command_line: Path) -> None:
    denied = "AccessDeniedException: not for you"
    assert doctor(aws, command_line) == (
        0,
        [
            f"advice: what it would stream cannot be told: GetFunction: {denied}",
            f"fine: has the layer, by its name: {LAYER}; its content cannot be seen: GetLayerVersion: {denied}",
            "advice: its next, f2, cannot be seen from here: whether it has the layer cannot be told",
            "advice: whether it may lambda:InvokeFunction on f2 cannot be told",
            "advice: whether it may dynamodb:PutItem, dynamodb:Query on fields cannot be told",
            "advice: whether table fields has the field store's keys cannot be told: "
            f"DescribeTable: {denied}",
        ],
    )


def test_only_what_reads_is_called(aws: Aws, command_line: Path) -> None:
    aws.give("GetFunction", "Code", archive({"app.py": HANDLER}))
    aws.give(
        "GetLayerVersionByArn", "Content", archive({"bootstrap": "", "python/unum_streaming/start.py": ""})
    )
    aws.answers["DescribeTable"] = {"Table": TABLE}
    aws.answers["DescribeTimeToLive"] = {
        "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    }
    status, found = doctor(aws, command_line)
    assert found[:2] == [
        "fine: streams a; at the return: b",
        f"fine: has the layer, by its content: {LAYER} holds bootstrap and python/unum_streaming/start.py",
    ]
    assert status == 0 and not any("table" in finding for finding in found[2:]), found
    assert aws.asked - {"/GetFunction.zip", "/GetLayerVersionByArn.zip"} == {
        "DescribeTable",
        "DescribeTimeToLive",
        "GetFunction",
        "GetFunctionConfiguration",
        "GetLayerVersionByArn",
        "ListRolePolicies",
        "/2015-03-31/functions/f2/configuration",
    }


def test_why_the_code_cannot_be_read(aws: Aws, command_line: Path) -> None:
    def first() -> str:
        return doctor(aws, command_line)[1][0]

    cannot = "advice: what it would stream cannot be told: "
    aws.give("GetFunction", "Code", b"no zip at all")
    assert first().startswith(f"{cannot}what AWS gave is no zip: ")
    del aws.answers["/GetFunction.zip"]
    assert first() == f"{cannot}its code: the answer is 403"
    aws.answers["GetFunction"] = {"Code": {"Location": "http://127.0.0.1:1/"}}
    assert first().startswith(f"{cannot}its code: ")
    aws.answers["GetFunction"] = {}
    assert first() == f"{cannot}GetFunction says not where its code is"
    aws.configure(PackageType="Image", Handler=None, Runtime=None, Layers=[])
    assert first() == f"{cannot}it is a container image"


@pytest.mark.parametrize(
    ("name", "content", "finding"),
    [
        (
            "unum-streaming",
            {"python/other.py": ""},
            "problem: it has not the layer: no python/unum_streaming/start.py in",
        ),
        (
            "mine",
            {"bootstrap": "", "python/unum_streaming/start.py": ""},
            "fine: has the layer, by its content:",
        ),
        ("mine", None, "advice: whether it has the layer cannot be told:"),
    ],
)
def test_a_layer_is_known_by_its_content_before_its_name(
    aws: Aws, command_line: Path, name: str, content: dict[str, str] | None, finding: str
) -> None:
    arn = f"{ARN}:layer:{name}:1"
    aws.configure(Layers=[{"Arn": arn}])
    if content is not None:
        aws.give("GetLayerVersionByArn", "Content", archive(content))
    status, found = doctor(aws, command_line)
    assert found[1].startswith(f"{finding} {arn}"), found
    assert status == (1 if finding.startswith("problem") else 0)


def test_variables_that_cannot_be_decrypted_are_not_missing(aws: Aws, command_line: Path) -> None:
    error = {"ErrorCode": "AccessDeniedException", "Message": "Lambda was unable to decrypt"}
    aws.configure(Environment={"Error": error})
    aws.give("GetFunction", "Code", archive({"app.py": HANDLER.replace("def", "@timed\ndef", 1)}))
    status, found = doctor(aws, command_line)
    assert (status, found[1:]) == (
        0,
        [
            f"fine: has the layer, by its name: {LAYER}; its content cannot be seen: GetLayerVersion: "
            "AccessDeniedException: not for you",
            "advice: its variables cannot be told: AccessDeniedException: Lambda was unable to decrypt",
        ],
    )
    assert found[0].startswith("advice: nothing streams: "), found


def test_a_next_whose_variables_cannot_be_decrypted(aws: Aws, command_line: Path) -> None:
    there = dict(aws.answers["GetFunctionConfiguration"], FunctionName="f2", FunctionArn=f"{ARN}:function:f2")
    aws.answers["/2015-03-31/functions/f2/configuration"] = there | {"Environment": {"Error": {}}}
    status, found = doctor(aws, command_line)
    assert status == 0
    assert "advice: whether its next, f2, has the layer cannot be told: its variables cannot be" in found
    assert not any("UNUM_ENTRY" in finding for finding in found), found


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("f", "problem: UNUM_NEXT names the function itself: it refuses to start"),
        (f"{ARN}:function:f", "problem: UNUM_NEXT names the function itself: it refuses to start"),
        ("arn:aws:lambda:us-east-1:123456789012:function:f", None),
        (
            "arn:aws:lambda:eu-west-1:999999999999:function:f",
            "problem: UNUM_NEXT names arn:aws:lambda:eu-west-1:999999999999:function:f, of another account, "
            "which it takes for itself: it refuses to start",
        ),
        ("f2,f2:$LATEST", "problem: UNUM_NEXT names f2:$LATEST twice: it refuses to start"),
        ("function:f2,f2", "problem: UNUM_NEXT names f2 twice: it refuses to start"),
        (f"{ARN}:function:f2,arn:aws:lambda:us-east-1:123456789012:function:f2", None),
    ],
)
def test_next_is_compared_as_the_layer_does(
    aws: Aws, command_line: Path, names: str, expected: str | None
) -> None:
    aws.answers["GetFunctionConfiguration"]["Environment"]["Variables"]["UNUM_NEXT"] = names
    status, found = doctor(aws, command_line)
    assert [finding for finding in found if "UNUM_NEXT" in finding] == ([expected] if expected else [])
    assert status == (1 if expected else 0), found


def test_a_next_with_another_table_and_another_key(aws: Aws, command_line: Path) -> None:
    keys = [letter * 44 for letter in "AB"]
    own = aws.answers["GetFunctionConfiguration"]["Environment"]["Variables"]
    own["UNUM_SIGNING_KEY"] = keys[0]
    there = dict(own, UNUM_TABLE="others", UNUM_SIGNING_KEY=keys[1])
    aws.answers["/2015-03-31/functions/f2/configuration"] = aws.answers["GetFunctionConfiguration"] | {
        "FunctionName": "f2",
        "FunctionArn": f"{ARN}:function:f2",
        "Environment": {"Variables": there},
    }
    status, found = doctor(aws, command_line)
    assert status == 1
    assert [finding for finding in found if finding.startswith("problem")] == [
        "problem: its UNUM_TABLE is fields, and that of its next, f2, is others: fields are waited for where none come",
        "problem: its next, f2, has another UNUM_SIGNING_KEY, and this function's not as "
        "UNUM_SIGNING_KEY_PREVIOUS either",
    ]


@pytest.mark.parametrize("is_declared", [True, False])
@pytest.mark.parametrize(("machine", "name"), [(0x3E, "x86_64"), (0xB7, "arm64")])
def test_the_layers_architecture_is_the_functions(
    aws: Aws, command_line: Path, machine: int, name: str, is_declared: bool
) -> None:
    binary = b"\x7fELF".ljust(18, b"\0") + bytes([machine, 0]) if not is_declared else b""
    aws.give(
        "GetLayerVersionByArn",
        "Content",
        archive({"bootstrap": binary, "python/unum_streaming/start.py": ""}),
    )
    if is_declared:
        aws.answers["GetLayerVersionByArn"]["CompatibleArchitectures"] = [name]
    for own in ("x86_64", "arm64"):
        aws.configure(Architectures=[own])
        status, found = doctor(aws, command_line)
        wrong = f"problem: it runs on {own}, and a layer of its on {name}"
        assert (status, wrong in found) == ((0, False) if own == name else (1, True)), found


def test_a_vpc_needs_ways_out(aws: Aws, command_line: Path) -> None:
    advice = "advice: it is in a VPC: whether it reaches DynamoDB and Lambda from there cannot be told"
    for subnets in (["subnet-1"], []):
        aws.configure(VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [], "VpcId": ""})
        _, found = doctor(aws, command_line)
        assert (advice in found) == bool(subnets)


def test_a_large_layer_is_not_looked_into(aws: Aws, command_line: Path) -> None:
    aws.give("GetLayerVersionByArn", "Content", bytes(33 * 1024 * 1024))
    _, found = doctor(aws, command_line)
    assert found[1].endswith("its content cannot be seen: its content: it has more than 33554432 bytes")


def test_a_function_that_cannot_be_looked_at_is_named(aws: Aws, command_line: Path) -> None:
    aws.answers.clear()
    assert doctor(aws, command_line) == (
        2,
        ["unum-streaming: cannot look at function f: AccessDeniedException: not for you\n"],
    )
