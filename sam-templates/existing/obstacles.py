"""Why the layer cannot be attached, and what to think of where it can."""

import json
from datetime import timedelta

import boto3
from function import WRAPPER

MOST_LAYERS = 5
# Lambda measures the variables as one JSON object.
MOST_BYTES = 4096
# Lambda's longest timeout.
LONGEST = timedelta(minutes=15)
PYTHONS = ("python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14")


def what_is_in_the_way(changes, layer):
    """A sentence for each reason."""
    version = boto3.client("lambda").get_layer_version_by_arn(Arn=layer)
    architectures = version.get("CompatibleArchitectures", ["x86_64"])
    for change in changes:
        function = change.function
        if function.runtime not in PYTHONS:
            yield f"{function.name} runs on {function.runtime}, the layer on {', '.join(PYTHONS)}"
        if function.architecture not in architectures:
            yield (
                f"{function.name} runs on {function.architecture}, the layer on {', '.join(architectures)}: "
                "see docs/arm64.md"
            )
        wrapper = function.variables.get("AWS_LAMBDA_EXEC_WRAPPER", WRAPPER)
        if wrapper not in (WRAPPER, function.variables.get("UNUM_EXEC_WRAPPER")):
            yield (
                f"{function.name} has AWS_LAMBDA_EXEC_WRAPPER={wrapper}, and Lambda knows only one: set "
                f"UNUM_EXEC_WRAPPER={wrapper}, too, and the layer starts it "
                '(README, "With another layer\'s wrapper")'
            )
        if len(change.layers) > MOST_LAYERS:
            yield f"{function.name} has {MOST_LAYERS} layers already, the most that Lambda takes"
        size = len(json.dumps(change.variables, separators=(",", ":"), ensure_ascii=False).encode())
        if size > MOST_BYTES:
            yield f"{function.name} would have {size} bytes of variables, and Lambda takes {MOST_BYTES}"


def functions_elsewhere(functions, table):
    """Those whose fields are in another table. DynamoDB takes a table's ARN for its name, too."""
    here = (None, "", table["TableName"], table["TableArn"])
    return [function for function in functions if function.variables.get("UNUM_TABLE") not in here]


def who_would_move(elsewhere, table, stack):
    for function in elsewhere:
        old = function.variables["UNUM_TABLE"]
        yield (
            f"{function.name} has UNUM_TABLE={old}, and stack {stack} has {table['TableName']}: name the stack that it was "
            f"attached with, detach it first, or take it over with --move, if no other chain reaches it through {old}"
        )


def who_moves(elsewhere, table):
    for function in elsewhere:
        yield (
            f"{function.name} had UNUM_TABLE={function.variables['UNUM_TABLE']}, and is moved to {table['TableName']}: events "
            "that are on their way to it through the old one fail, and so do those of functions that still have that"
        )


def who_had_another_next(changes):
    for change in changes:
        before = change.function.variables.get("UNUM_NEXT")
        if before not in (None, change.variables.get("UNUM_NEXT")):
            yield f"{change.function.name} had UNUM_NEXT={before}"


def who_has_too_little_time(functions):
    """A receiver starts with its source's first field, and has to wait for the last one in its own time."""
    for source, receiver in zip(functions, functions[1:]):
        enough = min(source.timeout + receiver.timeout, LONGEST)
        if receiver.timeout <= source.timeout and receiver.timeout < enough:
            yield (
                f"{receiver.name} may run for {seconds(receiver.timeout)}, and starts while {source.name} may run for up to "
                f"{seconds(source.timeout)} more: give it more time, such as {seconds(enough)}, or it may fail with "
                "StreamingTimeoutError"
            )


def seconds(time):
    return f"{time.total_seconds():.0f} s"
