# events: [{"Records": [{"s3": {"bucket": {"name": "in"}, "object": {"key": "incoming%2Fsales.csv"}}}]}, {"Records": [{"s3": {"bucket": {"name": "in"}, "object": {"key": "incoming/empty.csv"}}}]}]
# safe: source, columns, types, row_count
# unsafe: target (computed last)
import csv
import io
import json
from urllib.parse import unquote_plus

import boto3

s3 = boto3.client("s3")
TARGET_BUCKET = "acme-json"


def infer_type(values):
    for cast, name in ((int, "integer"), (float, "number")):
        try:
            for v in values:
                if v:
                    cast(v)
            return name
        except ValueError:
            continue
    return "string"


def lambda_handler(event, context):
    record = event["Records"][0]["s3"]
    bucket = record["bucket"]["name"]
    key = unquote_plus(record["object"]["key"])

    text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    reader = csv.DictReader(io.StringIO(text))
    rows = list(reader)

    result = {"source": f"s3://{bucket}/{key}"}
    result["columns"] = reader.fieldnames
    result["types"] = {name: infer_type([r[name] for r in rows]) for name in reader.fieldnames}
    result["row_count"] = len(rows)

    target = key.rsplit(".", 1)[0] + ".json"
    s3.put_object(Bucket=TARGET_BUCKET, Key=target, Body=json.dumps(rows))
    result["target"] = f"s3://{TARGET_BUCKET}/{target}"
    return result
