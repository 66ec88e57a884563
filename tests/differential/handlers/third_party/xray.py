"""aws_xray_sdk, everything patched, with no daemon to send to."""

from aws_xray_sdk.core import patch_all, xray_recorder

xray_recorder.configure(context_missing="LOG_ERROR")
patch_all()


def segments(event, context):
    with xray_recorder.in_subsegment("work") as subsegment:
        subsegment.put_annotation("n", 1)
        first = [1, 2, 3]
    second = sum(first)
    return {"first": first, "second": second, "id": xray_recorder.current_segment().trace_id}


@xray_recorder.capture("captured")
def _captured(n):
    if n == 0:
        raise ValueError("captured")
    return n


def captured(event, context):
    first = [_captured(1)]
    second = _captured(event["n"])
    return {"first": first, "second": second}


def boto3_is_patched(event, context):
    import boto3
    from botocore.stub import Stubber

    client = boto3.client("sts", region_name="us-east-1")
    with Stubber(client) as stubber:
        stubber.add_response("get_caller_identity", {"Account": "1", "UserId": "u", "Arn": "a"})
        account = client.get_caller_identity()["Account"]
    return {"account": account, "list": [1]}
