# events: [{"id": "7d1f", "detail-type": "DocumentUploaded", "detail": {"bucket": "docs", "key": "docs/handbook.txt", "tenant": "acme"}}, {"id": "7d20", "detail-type": "DocumentUploaded", "detail": {"bucket": "docs", "key": "docs/missing.txt", "tenant": "acme"}}]
# safe: document, tenant, summary, keywords
# unsafe: tokens (computed last), embedding (computed last)
from __future__ import annotations

import hashlib
import math
from collections import Counter

import boto3
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, event_source
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

logger = Logger(service="documents")
tracer = Tracer(service="documents")
s3 = boto3.client("s3")

DIMENSIONS = 8
STOPWORDS = frozenset("the is and a of to we how are them within your this".split())


@tracer.capture_method
def load(bucket: str, key: str) -> str:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    except ClientError:
        logger.exception("cannot load document")
        raise


def tokenize(text: str) -> list[str]:
    return [w.strip(".,!?").lower() for w in text.split()]


def embed(tokens: list[str]) -> list[float]:
    vector = [0.0] * DIMENSIONS
    for token in tokens:
        h = int(hashlib.md5(token.encode()).hexdigest(), 16)
        vector[h % DIMENSIONS] += 1.0 if (h >> 8) % 2 else -1.0
    norm = math.sqrt(sum(v * v for v in vector)) or 1.0
    return [round(v / norm, 6) for v in vector]


@logger.inject_lambda_context(correlation_id_path="id")
@tracer.capture_lambda_handler(capture_response=False)
@event_source(data_class=EventBridgeEvent)
def lambda_handler(event: EventBridgeEvent, context: LambdaContext) -> dict:
    detail = event.detail
    text = load(detail["bucket"], detail["key"])

    with tracer.provider.in_subsegment("## analyse"):
        tokens = tokenize(text)
        summary = text.split(". ")[0]
        keywords = [w for w, _ in Counter(t for t in tokens if t not in STOPWORDS).most_common(5)]
        tracer.put_annotation("tokens", len(tokens))

    embedding = embed(tokens)

    return {
        "document": detail["key"],
        "tenant": detail["tenant"],
        "tokens": len(tokens),
        "summary": summary,
        "keywords": keywords,
        "embedding": embedding,
    }
