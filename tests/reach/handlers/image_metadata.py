# events: [{"bucket": "photos", "key": "images/bike.jpg"}, {"bucket": "photos", "key": "images/bike.jpg", "thumbnail": true}]
# safe: key, size, content_type, checksum, labels
# unsafe: text (computed last)
import hashlib
import os

import boto3

MAX_LABELS = int(os.environ.get("MAX_LABELS", "5"))

s3 = boto3.client("s3")
rekognition = boto3.client("rekognition")


def get_labels(bucket, key):
    response = rekognition.detect_labels(
        Image={"S3Object": {"Bucket": bucket, "Name": key}},
        MaxLabels=MAX_LABELS,
        MinConfidence=80,
    )
    return [{"name": l["Name"], "confidence": round(l["Confidence"], 1)} for l in response["Labels"]]


def get_text(bucket, key):
    response = rekognition.detect_text(Image={"S3Object": {"Bucket": bucket, "Name": key}})
    return [t["DetectedText"] for t in response["TextDetections"] if t["Type"] == "LINE"]


def lambda_handler(event, context):
    """Collects everything the search index wants to know about an uploaded photo."""
    bucket, key = event["bucket"], event["key"]

    head = s3.head_object(Bucket=bucket, Key=key)
    size = head["ContentLength"]
    content_type = head["ContentType"]

    content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    checksum = hashlib.sha256(content).hexdigest()

    labels = get_labels(bucket, key)
    text = get_text(bucket, key)

    return {
        "key": key,
        "size": size,
        "content_type": content_type,
        "checksum": checksum,
        "labels": labels,
        "text": text,
    }
