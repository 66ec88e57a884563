# events: [{"prefix": "docs/", "bucket": "b"}, {"prefix": "nothing/", "bucket": "b"}]
# safe: bucket, bytes, extensions
# unsafe: objects (computed last), largest (computed last)
import os
from collections import Counter

import boto3
from botocore.config import Config

s3 = boto3.client("s3", config=Config(retries={"max_attempts": 5, "mode": "adaptive"}))


def lambda_handler(event, context):
    bucket = event["bucket"]
    keys = []
    token = None
    while True:
        kwargs = {"ContinuationToken": token} if token else {}
        page = s3.list_objects_v2(Bucket=bucket, Prefix=event.get("prefix", ""), **kwargs)
        for obj in page.get("Contents", []):
            keys.append((obj["Key"], obj["Size"]))
        if not page["IsTruncated"]:
            break
        token = page["NextContinuationToken"]

    total = sum(size for _, size in keys)
    extensions = dict(Counter(os.path.splitext(key)[1] or "none" for key, _ in keys))
    largest = max(keys, key=lambda k: k[1], default=(None, 0))[0]

    return {
        "bucket": bucket,
        "objects": len(keys),
        "bytes": total,
        "extensions": extensions,
        "largest": largest,
    }
