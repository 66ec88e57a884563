# events: [{"Records": [{"s3": {"bucket": {"name": "uploads"}, "object": {"key": "images/bike.jpg"}}}]}, {"Records": [{"s3": {"bucket": {"name": "uploads"}, "object": {"key": "docs/handbook.txt"}}}]}]
# safe: bucket, key, kind, sha1, moderation
# unsafe: size (computed last), quarantined (computed last)
import hashlib

import boto3
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.data_classes import S3Event, event_source
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
tracer = Tracer()
s3 = boto3.client("s3")
rekognition = boto3.client("rekognition")

SIGNATURES = {"ffd8ff": "jpeg", "c3bfc3": "jpeg", "89504e": "png", "255044": "pdf"}


def sniff(head: bytes) -> str:
    return SIGNATURES.get(head[:3].hex(), "text" if head[:64].isascii() else "binary")


def moderate(bucket: str, key: str, kind: str) -> list:
    if kind not in ("jpeg", "png"):
        return []
    found = rekognition.detect_moderation_labels(Image={"S3Object": {"Bucket": bucket, "Name": key}})
    return [label["Name"] for label in found["ModerationLabels"]]


def quarantine(bucket: str, key: str) -> bool:
    s3.copy_object(Bucket=f"{bucket}-quarantine", Key=key, CopySource={"Bucket": bucket, "Key": key})
    s3.delete_object(Bucket=bucket, Key=key)
    return True


@tracer.capture_lambda_handler
@logger.inject_lambda_context(log_event=True)
@event_source(data_class=S3Event)
def lambda_handler(event: S3Event, context: LambdaContext):
    bucket = event.bucket_name
    key = event.object_key

    data = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    kind = sniff(data)
    sha1 = hashlib.sha1(data).hexdigest()
    moderation = moderate(bucket, key, kind)

    quarantined = False
    if kind == "binary" or moderation:
        quarantined = quarantine(bucket, key)

    return {
        "bucket": bucket,
        "key": key,
        "size": len(data),
        "kind": kind,
        "sha1": sha1,
        "moderation": moderation,
        "quarantined": quarantined,
    }
