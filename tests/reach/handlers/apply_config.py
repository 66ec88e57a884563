# events: [{"bucket": "cfg", "key": "config/app.json", "environment": "prod"}, {"bucket": "cfg", "key": "config/nope.json", "environment": "dev"}]
# safe: environment, settings, overridden, checksum
# unsafe: applied_at (computed last)
import hashlib
import json
import logging
from datetime import datetime, timezone

import boto3
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
s3 = boto3.client("s3")

OVERRIDES = {"prod": {"timeout": 60}, "dev": {"retries": 0, "debug": True}}


def load_config(bucket, key):
    try:
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as e:
        if e.response["Error"]["Code"] == "NoSuchKey":
            raise FileNotFoundError(f"s3://{bucket}/{key}") from e
        raise


def lambda_handler(event, context):
    """Apply the stored configuration to one environment."""
    try:
        environment = event["environment"]
        config = load_config(event["bucket"], event["key"])

        overrides = OVERRIDES.get(environment, {})
        settings = {name: overrides.get(name, value) for name, value in config.items()}
        overridden = sorted(name for name in config if name in overrides)
        checksum = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()

        s3.put_object(Bucket=event["bucket"], Key=f"applied/{environment}.json", Body=json.dumps(settings))

        return {
            "environment": environment,
            "settings": settings,
            "overridden": overridden,
            "checksum": checksum,
            "applied_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        }
    except Exception:
        logger.exception("could not apply the configuration")
        raise
