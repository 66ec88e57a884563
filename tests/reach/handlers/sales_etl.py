# events: [{"bucket": "acme-raw", "key": "incoming/sales.csv"}, {"bucket": "acme-raw", "key": "incoming/empty.csv"}]
# safe: source, rows, duplicates, missing, revenue_by_region
# unsafe: top_sku (computed last)
"""Nightly sales load, step 2: clean the CSV that the shop exports and summarise it."""

import csv
import io
import logging
from collections import Counter, defaultdict

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)

s3 = boto3.client("s3")


def read_rows(bucket, key):
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")
    return list(csv.DictReader(io.StringIO(body)))


def count_duplicates(rows):
    seen = Counter(row["order_id"] for row in rows)
    return sum(n - 1 for n in seen.values() if n > 1)


def count_missing(rows):
    missing = defaultdict(int)
    for row in rows:
        for column, value in row.items():
            if value in ("", None):
                missing[column] += 1
    return dict(missing)


def revenue_by_region(rows):
    revenue = {}
    for row in rows:
        if not row["quantity"]:
            continue
        amount = int(row["quantity"]) * float(row["unit_price"])
        revenue[row["region"]] = round(revenue.get(row["region"], 0.0) + amount, 2)
    return revenue


def best_seller(rows):
    sold = Counter()
    for row in rows:
        sold[row["sku"]] += int(row["quantity"] or 0)
    return sold.most_common(1)[0][0] if sold else None


def lambda_handler(event, context):
    bucket = event["bucket"]
    key = event["key"]
    logger.info("loading s3://%s/%s", bucket, key)

    rows = read_rows(bucket, key)
    row_count = len(rows)
    duplicates = count_duplicates(rows)
    missing = count_missing(rows)
    revenue = revenue_by_region(rows)
    top = best_seller(rows)

    return {
        "source": key,
        "rows": row_count,
        "duplicates": duplicates,
        "missing": missing,
        "revenue_by_region": revenue,
        "top_sku": top,
    }
