# events: [{"bucket": "logs", "key": "logs/app.log"}, {"bucket": "logs", "key": "logs/missing.log"}]
# safe: lines, skipped, levels, status_codes, slowest
# unsafe: error_rate (computed last)
"""Parse an application log from S3 and compute what the dashboard shows."""
import re
from collections import Counter

import boto3

LINE = re.compile(r"^(?P<ts>\S+) (?P<level>[A-Z]+) (?P<verb>[A-Z]+) (?P<path>\S+) (?P<status>\d{3}) (?P<ms>\d+)$")

client = boto3.client("s3")


def lambda_handler(event, context):
    obj = client.get_object(Bucket=event["bucket"], Key=event["key"])

    entries = []
    skipped = 0
    for raw in obj["Body"].iter_lines():
        m = LINE.match(raw.decode("utf-8"))
        if not m:
            skipped += 1
            continue
        entries.append(m.groupdict())

    lines = len(entries)
    levels = dict(Counter(e["level"] for e in entries))
    status_codes = dict(Counter(e["status"] for e in entries))
    slowest = [
        {"path": e["path"], "ms": int(e["ms"])}
        for e in sorted(entries, key=lambda e: int(e["ms"]), reverse=True)[:3]
    ]
    errors = sum(1 for e in entries if e["status"].startswith("5"))
    error_rate = round(errors / lines, 4) if lines else 0.0

    return {
        "lines": lines,
        "skipped": skipped,
        "levels": levels,
        "status_codes": status_codes,
        "slowest": slowest,
        "error_rate": error_rate,
    }
