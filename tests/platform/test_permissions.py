"""What a chain asks AWS for is what the templates allow, and each permission is needed.

LocalStack without a licence lets everything pass, so a small DynamoDB and Lambda of the test's own does: it knows a function by
its access key, and asks moto's reading of IAM policies whether the function's, in the template, allows the action on the resource.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from aws_stub import AwsStub
from moto.iam.access_control import IAMPolicy, PermissionResult

import dynamodb
import examples
from host_mode.loopback import Request, Response
from host_mode.runtime_api import JSON
from lambda_process import Start
from scripted_api import Call, ScriptedApi, event_bytes, invocation

WRITER, READER, TABLE = "Features", "Summary", "FieldStore"
REGION = "us-east-1:000000000000"
ARNS = {
    WRITER: f"arn:aws:lambda:{REGION}:function:{WRITER}",
    READER: f"arn:aws:lambda:{REGION}:function:{READER}",
    TABLE: f"arn:aws:dynamodb:{REGION}:table/{TABLE}",
}

Permission = tuple[str, str]
"""An action and the resource that it is allowed on."""

WAITS = """\
def meet(path):
    import os, urllib.request
    return urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}{path}").read()

"""
# The second field is large and read before the third is there: what is read then is asked for key by key.
WRITES = (
    WAITS
    + """\
def handler(event, context):
    first = [event["n"]]
    meet("/wait-for/invoked")
    second = ["x" * event["n"]]
    meet("/wait-for/second-was-read")
    if event.get("fails"):
        raise ValueError("fails")
    third = [event["n"] + 1]
    return {"first": first, "second": second, "third": third}
"""
)
READS = (
    WAITS
    + """\
def handler(event, context):
    size = len(event["second"][0])
    meet("/say/second-was-read")
    return {"first": event["first"], "size": size, "third": event["third"]}
"""
)
EVENT = {"n": 100_000}
RESULT = {"first": [100_000], "size": 100_000, "third": [100_001]}


class GuardedAws(AwsStub):
    """One table and two functions; whoever calls has the permissions of the role that its access key names."""

    def __init__(self, granted: dict[str, set[Permission]], reader: ScriptedApi) -> None:
        super().__init__()
        self._granted = granted
        self._reader = reader
        self._items: dict[tuple[str, str], Any] = {}
        self.used: dict[str, set[Permission]] = defaultdict(set)
        # The first question makes much ready: on a loaded machine longer than an attempt of the layer's lasts.
        _allows({("dynamodb:Query", ARNS[TABLE])}, "dynamodb:Query", ARNS[TABLE])

    def role(self, name: str) -> dict[str, str]:
        return {**self.variables, "AWS_ACCESS_KEY_ID": name}

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/wait-for/"):
            name = request.path.rpartition("/")[2]
            self.wait_until(
                lambda calls: any(call.path in (f"/say/{name}", "/say/refused") for call in calls)
            )
            return Response(200)
        if request.path.startswith("/say/"):
            self._say(request.path)
            return Response(200)
        role, action = _role(request), _action(request)
        resource = _resource(action, request)
        self.used[role].add((action, resource))
        if not _allows(self._granted[role], action, resource):
            self._say("/say/refused")
            message = f"{role} may not call {action} on {resource}"
            refusal = {"__type": "AccessDeniedException", "message": message}
            return Response(
                403, json.dumps(refusal).encode(), [*JSON, ("x-amzn-errortype", b"AccessDeniedException")]
            )
        self.add(Call.of(request))
        if action == "lambda:InvokeFunction":
            self._say("/say/invoked")
            self._reader.serve(event_bytes(request.body, "1"))
            return Response(202)
        return self._table(action, json.loads(request.body))

    def _table(self, action: str, asked: dict[str, Any]) -> Response:
        answer: dict[str, Any] = {}
        if action == "dynamodb:PutItem":
            if _key(asked["Item"]) in self._items and "ConditionExpression" in asked:
                failed = {
                    "__type": "ConditionalCheckFailedException",
                    "Item": self._items[_key(asked["Item"])],
                }
                return dynamodb.answer(failed, 400)
            self._items[_key(asked["Item"])] = asked["Item"]
        elif action == "dynamodb:Query":
            (stream,) = (value["S"] for value in asked["ExpressionAttributeValues"].values())
            answer["Items"] = [item for (partition, _), item in self._items.items() if partition == stream]
        else:
            keys = asked["RequestItems"][TABLE]["Keys"]
            answer["Responses"] = {
                TABLE: [self._items[_key(key)] for key in keys if _key(key) in self._items]
            }
        return dynamodb.answer(answer)

    def _say(self, path: str) -> None:
        self.add(Call.of(Request("GET", path, [], b"")))


class Pair:
    """Writer and reader, each a process with its role."""

    def __init__(self, start: Start, aws: GuardedAws, apis: tuple[ScriptedApi, ScriptedApi]) -> None:
        self._start, self._aws = start, aws
        self._apis = dict(zip((WRITER, READER), apis, strict=True))

    def run(self, event: Any, settings: dict[str, str] | None = None) -> Call:
        """The writer's outcome."""
        common = {"UNUM_TABLE": TABLE, **(settings or {})}
        self._apis[WRITER].serve(invocation(event))
        files = {"writes.py": WRITES, "reads.py": READS}
        own = {
            WRITER: ("writes.handler", {"UNUM_NEXT": READER, "UNUM_ENTRY": "true"}),
            READER: ("reads.handler", {}),
        }
        for name, (handler, more) in own.items():
            variables = {**self._aws.role(name), **common, **more, "AWS_LAMBDA_FUNCTION_NAME": name}
            self._start(files, handler=handler, api=self._apis[name], env=variables)
        return self._apis[WRITER].outcome("1")

    def read(self) -> Call:
        """The reader's outcome."""
        return self._apis[READER].outcome("1")


@pytest.fixture
def granted() -> dict[str, set[Permission]]:
    functions = examples.functions_of("quickstart")
    return {
        name: {(action, ARNS[resource]) for action, resource in functions[name].permissions}
        for name in (WRITER, READER)
    }


@pytest.fixture
def apis() -> Iterator[tuple[ScriptedApi, ScriptedApi]]:
    with ScriptedApi() as writer, ScriptedApi() as reader:
        yield writer, reader


@pytest.fixture
def aws(granted: dict[str, set[Permission]], apis: tuple[ScriptedApi, ScriptedApi]) -> Iterator[GuardedAws]:
    stub = GuardedAws(granted, apis[1])
    yield stub
    stub.close()


@pytest.fixture
def pair(start: Start, aws: GuardedAws, apis: tuple[ScriptedApi, ScriptedApi]) -> Pair:
    return Pair(start, aws, apis)


def test_a_chain_uses_all_that_its_template_allows_and_no_more(
    pair: Pair, aws: GuardedAws, granted: dict[str, set[Permission]]
) -> None:
    written = pair.run(EVENT)
    assert written.path.endswith("/response"), written.body
    assert pair.read().document == RESULT
    assert aws.used == granted


def test_a_writer_that_fails_needs_no_more(
    pair: Pair, aws: GuardedAws, granted: dict[str, set[Permission]]
) -> None:
    written = pair.run({**EVENT, "fails": True})
    assert written.document["errorType"] == "ValueError"
    assert pair.read().document["errorType"] == "StreamingSourceError"
    assert aws.used == granted


def test_a_checkpoint_needs_what_the_readme_says(
    pair: Pair, aws: GuardedAws, granted: dict[str, set[Permission]]
) -> None:
    granted[READER].add(("dynamodb:PutItem", ARNS[TABLE]))
    settings = {"UNUM_CHECKPOINT": "true", "UNUM_STRICT": "true"}
    written = pair.run(EVENT, settings)
    assert written.path.endswith("/response"), written.body
    assert pair.read().document == RESULT
    assert aws.used == granted


@pytest.mark.parametrize(
    ("role", "action", "error"),
    [
        (WRITER, "dynamodb:PutItem", "Unum.FieldStoreError"),
        (WRITER, "lambda:InvokeFunction", "Unum.NextError"),
        (READER, "dynamodb:Query", "StreamingStoreError"),
        (READER, "dynamodb:BatchGetItem", "StreamingStoreError"),
    ],
)
def test_without_any_one_of_them_a_chain_fails_and_says_why(
    pair: Pair, granted: dict[str, set[Permission]], role: str, action: str, error: str
) -> None:
    resource = ARNS[READER if action == "lambda:InvokeFunction" else TABLE]
    granted[role].remove((action, resource))
    # Another of its kind is of no use.
    granted[role].add((action, f"{resource}-of-others"))
    written = pair.run(EVENT)
    failed = written if role == WRITER else pair.read()
    assert failed.document["errorType"] == error
    assert f"{role} may not call {action} on {resource}" in failed.document["errorMessage"]


def test_without_query_a_writer_sends_its_result_whole(
    pair: Pair, aws: GuardedAws, granted: dict[str, set[Permission]]
) -> None:
    """What earlier attempts left cannot be read then, so nothing goes ahead; and nothing is lost."""
    granted[WRITER].remove(("dynamodb:Query", ARNS[TABLE]))
    written = pair.run(EVENT)
    assert written.path.endswith("/response"), written.body
    assert pair.read().document == RESULT
    (sent,) = aws.invocations(READER)
    assert sent.document["__unum__"]["futures"] == []


def _role(request: Request) -> str:
    found = re.search(r"Credential=([^/]+)/", request.header("authorization") or "")
    assert found, request
    return found[1]


def _action(request: Request) -> str:
    if "/invocations" in request.path:
        return "lambda:InvokeFunction"
    return "dynamodb:" + (request.header("x-amz-target") or "").rpartition(".")[2]


def _resource(action: str, request: Request) -> str:
    """The ARN of what a request is for."""
    if action == "lambda:InvokeFunction":
        return f"arn:aws:lambda:{REGION}:function:{request.path.split('/')[-2]}"
    asked = json.loads(request.body)
    (table,) = asked["RequestItems"] if "RequestItems" in asked else (asked["TableName"],)
    return f"arn:aws:dynamodb:{REGION}:table/{table}"


def _allows(granted: set[Permission], action: str, resource: str) -> bool:
    statements = [{"Effect": "Allow", "Action": act, "Resource": arn} for act, arn in sorted(granted)]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    policy = IAMPolicy({"policy_document": document})
    return policy.is_action_permitted(action, resource) is PermissionResult.PERMITTED


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["stream"]["S"], item["field"]["S"]
