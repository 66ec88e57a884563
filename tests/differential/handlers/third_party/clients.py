"""boto3, with botocore's Stubber in the place of AWS."""

import boto3
from botocore.exceptions import ClientError
from botocore.stub import Stubber

dynamodb = boto3.client("dynamodb", endpoint_url="http://127.0.0.1:9")
s3 = boto3.client("s3")


def gets_an_item(event, context):
    item = {"id": {"S": event["id"]}, "n": {"N": "1.50"}}
    with Stubber(dynamodb) as stubber:
        stubber.add_response(
            "get_item", {"Item": item}, {"TableName": "t", "Key": {"id": {"S": event["id"]}}}
        )
        found = dynamodb.get_item(TableName="t", Key={"id": {"S": event["id"]}})["Item"]
    names = sorted(found)
    return {"item": found, "names": names}


def numbers_of_a_table(event, context):
    from boto3.dynamodb.types import TypeDeserializer

    number = TypeDeserializer().deserialize({"M": {"n": {"N": "1.50"}, "m": {"L": [{"N": "3"}]}}})
    return {"number": number, "list": [1]}


def is_refused(event, context):
    with Stubber(s3) as stubber:
        stubber.add_client_error("get_object", "NoSuchKey", "there is no such key", 404)
        s3.get_object(Bucket="b", Key="k")


def is_refused_and_goes_on(event, context):
    try:
        is_refused(event, context)
    except ClientError as error:
        return {"code": error.response["Error"]["Code"], "text": [str(error)]}


def body_is_a_stream(event, context):
    import io

    from botocore.response import StreamingBody

    with Stubber(s3) as stubber:
        stubber.add_response("get_object", {"Body": StreamingBody(io.BytesIO(b"data"), 4)})
        body = s3.get_object(Bucket="b", Key="k")["Body"]
    return {"first": [1], "body": body}


def signs(event, context):
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}, ExpiresIn=60)
    return {"has": [part in url for part in ("X-Amz-Signature", "Signature=", "b.s3")], "n": 1}


def settings(event, context):
    session = boto3.Session()
    credentials = session.get_credentials()
    return {"region": session.region_name, "key": credentials.access_key, "how": credentials.method}


def user_agent(event, context):
    """botocore tells AWS where it runs."""
    return {"in_lambda": "exec-env/AWS_Lambda_python" in s3._client_config.user_agent, "n": [1]}


def trace_header_is_sent(event, context):
    """boto3 forwards the trace id of the invocation from the environment."""
    seen = []

    def before_send(request, **_rest):
        seen.append(request.headers.get("X-Amzn-Trace-Id", b""))
        raise ConnectionError("enough")

    client = boto3.client("sts", endpoint_url="http://127.0.0.1:9")
    client.meta.events.register("before-send", before_send)
    try:
        client.get_caller_identity()
    except ConnectionError as error:
        return {"seen": [str(header) for header in seen], "error": str(error)}
