"""The bed itself: do functions in host mode run as they would on Lambda?"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from functions import Functions, unique_name, wait_until

pytestmark = pytest.mark.usefixtures("host_mode")

ECHO = """
import os, sys
print("loaded")
def handler(event, context):
    print("called")
    return {"event": event, "version": "%d.%d" % sys.version_info[:2], "function": context.function_name,
            "arn": context.invoked_function_arn, "request": context.aws_request_id,
            "left": context.get_remaining_time_in_millis(),
            "endpoint": os.environ["AWS_ENDPOINT_URL"],
            "environment": os.environ["AWS_EXECUTION_ENV"]}
"""

PYTHON_BOOTSTRAP = """#!/usr/bin/env python3
import os, urllib.request
api = "http://%s/2018-06-01/runtime/invocation/" % os.environ["AWS_LAMBDA_RUNTIME_API"]
while True:
    with urllib.request.urlopen(api + "next") as event:
        request, body = event.headers["Lambda-Runtime-Aws-Request-Id"], event.read()
    urllib.request.urlopen(api + request + "/response", data=b'{"custom": ' + body + b'}').close()
"""

# Ticks in the background, also in a child that left the session; an invocation tells when they ticked.
TICKING = """
import os, subprocess, sys, threading, time
child = subprocess.Popen([sys.executable, "-c", '''
import time
while True:
    with open("/tmp/child", "a") as file: file.write("%f " % time.time())
    time.sleep(0.002)
'''], start_new_session=True)
ticks = []
def tick():
    while True:
        ticks.append(time.time())
        time.sleep(0.002)
threading.Thread(target=tick, daemon=True).start()
def handler(event, context):
    seen = len(ticks)
    while len(ticks) < seen + 5 or not os.path.exists("/tmp/child"):
        time.sleep(0.001)
    with open("/tmp/child") as file:
        return {"thread": ticks, "child": [float(word) for word in file.read().split()[:-1]]}
"""


@pytest.fixture
def runtime(runtimes: list[str]) -> str:
    return runtimes[-1]


def test_each_managed_runtime(functions: Functions, runtimes: list[str], endpoint: str) -> None:
    for runtime in runtimes:
        name = functions.create({"app.py": ECHO}, runtime=runtime, timeout=7)
        result = functions.invoke(name, {"x": 1})
        assert result.error is None, result.raw
        seen = result.payload
        assert f"python{seen['version']}" == runtime
        assert seen["environment"] == f"AWS_Lambda_{runtime}"
        assert seen["event"] == {"x": 1}
        assert seen["function"] == name
        assert seen["arn"].endswith(f":function:{name}")
        assert seen["request"] == result.request_id
        assert 6000 < seen["left"] <= 7000
        assert seen["endpoint"] == endpoint
        assert result.log.index("START") < result.log.index("loaded") < result.log.index("called")


def test_layers_are_merged_in_order(functions: Functions, runtime: str) -> None:
    first = functions.layer({"bin/tool": "#!/bin/sh\necho first", "python/shared.py": "NAME = 'first'"})
    second = functions.layer({"python/shared.py": "NAME = 'second'", "data.txt": "plain"})
    code = """
import os, subprocess, shared
def handler(event, context):
    return [shared.NAME, subprocess.getoutput("/opt/bin/tool"), os.access("/opt/data.txt", os.X_OK)]
"""
    name = functions.create({"app.py": code}, runtime=runtime, layers=[first, second])
    assert functions.invoke(name, {}).payload == ["second", "first", False]


def test_exec_wrapper(functions: Functions, runtime: str) -> None:
    wrapper = functions.layer({"wrapper": '#!/bin/sh\nexport WRAPPED="$*"\nexec "$@"\n'})
    code = "import os\ndef handler(event, context): return os.environ['WRAPPED']"
    name = functions.create(
        {"app.py": code},
        runtime=runtime,
        layers=[wrapper],
        environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"},
    )
    assert functions.invoke(name, {}).payload == f"/var/lang/bin/{runtime} /var/runtime/bootstrap.py"


def test_custom_runtime_in_a_layer(functions: Functions) -> None:
    layer = functions.layer({"bootstrap": PYTHON_BOOTSTRAP})
    name = functions.create({"app.py": ""}, runtime="provided.al2023", layers=[layer])
    assert functions.invoke(name, [1, 2]).payload == {"custom": [1, 2]}


def test_custom_runtime_without_bootstrap(functions: Functions) -> None:
    name = functions.create({"app.py": ""}, runtime="provided.al2023")
    assert functions.invoke(name, {}).payload["errorType"] == "Runtime.InvalidEntrypoint"


def test_client_context(functions: Functions, runtime: str) -> None:
    code = "def handler(event, context): return context.client_context.custom"
    name = functions.create({"app.py": code}, runtime=runtime)
    assert functions.invoke(name, {}, client_context={"custom": {"k": "v"}}).payload == {"k": "v"}


def test_largest_payload(functions: Functions, runtime: str) -> None:
    name = functions.create({"app.py": "def handler(event, context): return event"}, runtime=runtime)
    text = "x" * (6 * 1024 * 1024 - 2)
    assert functions.invoke(name, text).payload == text
    with pytest.raises(ClientError, match="RequestTooLarge"):
        functions.invoke(name, text + "x")
    with pytest.raises(ClientError, match="RequestTooLarge"):
        functions.send(name, "x" * 1024 * 1024)


def test_response_too_large(functions: Functions, runtime: str) -> None:
    name = functions.create(
        {"app.py": "def handler(event, context): return 'x' * 7_000_000"}, runtime=runtime
    )
    assert functions.invoke(name, {}).payload["errorType"] == "Function.ResponseSizeTooLarge"


def test_event_invocation_is_processed_and_logged(functions: Functions, runtime: str) -> None:
    code = "def handler(event, context): print('got', event['n'], 'of', context.aws_request_id)"
    name = functions.create({"app.py": code}, runtime=runtime)
    request = functions.send(name, {"n": 42})
    log = functions.wait_for_log(name, f"REPORT RequestId: {request}")
    assert f"got 42 of {request}" in log


def test_failed_event_is_tried_three_times(functions: Functions, runtime: str) -> None:
    name = functions.create(
        {"app.py": "def handler(event, context): raise ValueError('no')"}, runtime=runtime
    )
    request = functions.send(name, {})
    attempts = f"START RequestId: {request}"
    wait_until(lambda: functions.log(name).count(attempts) == 3, "three attempts", seconds=20)


def test_event_right_after_an_update(functions: Functions, lambda_client: BaseClient, runtime: str) -> None:
    name = functions.create({"app.py": "def handler(event, context): print('seen', event)"}, runtime=runtime)
    for number in range(4):
        lambda_client.update_function_configuration(FunctionName=name, Description=str(number))
        lambda_client.get_waiter("function_updated_v2").wait(FunctionName=name)
        functions.send(name, number)
        functions.wait_for_log(name, f"seen {number}", seconds=30)


def test_concurrent_invocations_have_environments_of_their_own(functions: Functions, runtime: str) -> None:
    code = """
import time, uuid
ME = uuid.uuid4().hex
def handler(event, context):
    time.sleep(event)
    return ME
"""
    name = functions.create({"app.py": code}, runtime=runtime)
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: functions.invoke(name, 1).payload, range(4)))
    assert len(set(seen)) == 4
    assert functions.invoke(name, 0).payload in seen, "a warm environment is used again"


# How long, in seconds, an environment may run on after its response. In `next` that takes the runtime as long as
# it needs to ask for the next event; in `response` the environment stands still before the invoker hears of it.
@pytest.mark.parametrize(("freeze", "grace"), [("next", 0.5), ("response", 0)])
def test_frozen_between_invocations(functions: Functions, runtime: str, freeze: str, grace: float) -> None:
    name = functions.create({"app.py": TICKING}, runtime=runtime, environment={"HOST_MODE_FREEZE": freeze})
    functions.invoke(name, {})
    responded = time.time()
    time.sleep(1)
    again = time.time()
    ticks = functions.invoke(name, {}).payload
    for who in ("thread", "child"):
        between = [tick for tick in ticks[who] if responded + grace < tick < again]
        assert not between, f"{who} ran between two invocations"
        assert max(ticks[who]) > again, f"{who} goes on with the next invocation"


def test_not_frozen_if_switched_off(functions: Functions, runtime: str) -> None:
    name = functions.create({"app.py": TICKING}, runtime=runtime, environment={"HOST_MODE_FREEZE": "off"})
    functions.invoke(name, {})
    responded = time.time()
    time.sleep(0.3)
    again = time.time()
    assert [tick for tick in functions.invoke(name, {}).payload["thread"] if responded + 0.1 < tick < again]


def test_timeout(functions: Functions, runtime: str) -> None:
    code = "import time\ndef handler(event, context): time.sleep(event); return 'in time'"
    name = functions.create({"app.py": code}, runtime=runtime, timeout=1)
    late = functions.invoke(name, 30)
    assert late.error == "Unhandled"
    assert late.payload["errorType"] == "Sandbox.Timedout"
    assert late.payload["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert "Task timed out after 1.00 seconds" in late.log
    assert functions.invoke(name, 0).payload == "in time", "the next invocation gets a fresh environment"


def test_crash(functions: Functions, runtime: str) -> None:
    code = "import os\ndef handler(event, context): print('last words'); os._exit(event)"
    name = functions.create({"app.py": code}, runtime=runtime)
    crash = functions.invoke(name, 3)
    assert crash.payload["errorType"] == "Runtime.ExitError"
    assert crash.payload["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert "last words" in crash.log
    assert (
        functions.invoke(name, 0)
        .payload["errorMessage"]
        .endswith("Runtime exited without providing a reason")
    )


def test_output_between_invocations_is_not_lost(functions: Functions, runtime: str) -> None:
    code = """
import os, threading
def handler(event, context):
    if event:
        # Runs when the environment has been thawed, or never was frozen; then takes the process with it.
        threading.Timer(0.2, lambda: (print("too late", flush=True), os._exit(1))).start()
"""
    name = functions.create({"app.py": code}, runtime=runtime, environment={"HOST_MODE_FREEZE": "off"})
    assert functions.invoke(name, True).error is None
    time.sleep(1)
    after = functions.invoke(name, False)
    assert after.error is None, "the next invocation gets a fresh environment"
    assert "too late" in after.log


def test_failing_import(functions: Functions, runtime: str) -> None:
    name = functions.create({"app.py": "print('trying')\nimport nowhere"}, runtime=runtime)
    for _ in range(2):
        failed = functions.invoke(name, {})
        assert failed.payload["errorType"] == "Runtime.ImportModuleError"
        assert "trying" in failed.log


def test_nothing_outlives_a_deleted_function(
    functions: Functions, runtime: str, lambda_client: BaseClient
) -> None:
    marker = unique_name()
    code = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "{marker}"], start_new_session=True)
def handler(event, context): return 1
"""
    name = functions.create({"app.py": code}, runtime=runtime)
    assert functions.invoke(name, {}).payload == 1
    assert _processes_with(marker)
    lambda_client.delete_function(FunctionName=name)
    wait_until(lambda: not _processes_with(marker), "the function's processes are gone", seconds=10)


def test_field_store_operations(dynamodb: BaseClient) -> None:
    table = unique_name()
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    assert (
        dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
        == "ENABLED"
    )

    def put_once(writer: int) -> bool:
        item = {"pk": {"S": "p"}, "sk": {"S": "a"}, "by": {"N": str(writer)}}
        try:
            dynamodb.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(put_once, range(8))).count(True) == 1
    found = dynamodb.query(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": "p"}},
    )
    assert found["Count"] == 1
    dynamodb.delete_table(TableName=table)


TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Store:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
  Tool:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: tool
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: RUNTIME
      Handler: app.handler
      CodeUri: hello
      Layers: [!Ref Tool]
      Environment: {Variables: {TABLE: !Ref Store}}
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Store}}]
Outputs:
  Name: {Value: !Ref Hello}
"""


def test_stock_sam(tmp_path: Path, functions: Functions, runtimes: list[str], s3: BaseClient) -> None:
    # `sam build` wants the function's Python on PATH.
    own = "python{}.{}".format(*sys.version_info[:2])
    runtime = own if own in runtimes else runtimes[-1]
    (tmp_path / "hello").mkdir()
    (tmp_path / "hello" / "app.py").write_text(
        "import os, subprocess\n"
        "def handler(event, context): return os.environ['TABLE'] + subprocess.getoutput('/opt/tool')\n"
    )
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "tool").write_text("#!/bin/sh\necho :tool\n")
    (tmp_path / "tool" / "tool").chmod(0o755)
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("RUNTIME", runtime))
    stack = unique_name()

    _sam(tmp_path, "validate", "--lint")
    _sam(tmp_path, "build")
    # Not --resolve-s3, which first deploys a stack for a bucket and takes a quarter of a minute for it.
    s3.create_bucket(Bucket=stack)
    _sam(tmp_path, "deploy", "--stack-name", stack, "--s3-bucket", stack, "--capabilities", "CAPABILITY_IAM",
         "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar")  # fmt: skip
    [output] = json.loads(_sam(tmp_path, "list", "stack-outputs", "--stack-name", stack, "--output", "json"))
    name = output["OutputValue"]
    assert functions.invoke(name, {}).payload.endswith(":tool")
    _sam(tmp_path, "delete", "--stack-name", stack, "--no-prompts")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        functions.invoke(name, {})


def _sam(folder: Path, *arguments: str) -> str:
    start = time.monotonic()
    done = subprocess.run(["sam", *arguments], cwd=folder, capture_output=True, text=True)
    print(f"sam {arguments[0]}: {time.monotonic() - start:.1f} s")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _processes_with(marker: str) -> list[Path]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker in file.read_text():
                found.append(file)
        except OSError:
            continue
    return found
