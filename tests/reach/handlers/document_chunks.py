# events: [{"bucket": "docs", "key": "docs/handbook.txt", "size": 80, "overlap": 10}, {"bucket": "docs", "key": "docs/handbook.txt"}]
# safe: key, language, chunks, stats
# unsafe: outline (computed last), paragraphs (computed last: its length is)
"""RAG ingestion, step 1: fetch a document, split it into overlapping chunks."""
import dataclasses
import os

import boto3

DEFAULT_SIZE = int(os.getenv("CHUNK_SIZE", "120"))
s3 = boto3.client("s3")


@dataclasses.dataclass
class Chunk:
    index: int
    start: int
    text: str


def fetch(bucket, key):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")


def split(text, size, overlap):
    chunks, start = [], 0
    while start < len(text):
        end = min(start + size, len(text))
        if end < len(text):
            space = text.rfind(" ", start, end)
            end = space if space > start + overlap else end
        chunks.append(Chunk(len(chunks), start, text[start:end].strip()))
        start = end - overlap if end < len(text) else end
    return chunks


def guess_language(text):
    words = set(text.lower().split())
    return "en" if len(words & {"the", "is", "and", "how"}) >= 2 else "unknown"


def lambda_handler(event, context):
    text = fetch(event["bucket"], event["key"])

    language = guess_language(text)
    paragraphs = [p.strip() for p in text.split("\n\n") if p.strip()]
    pieces = split(text, event.get("size", DEFAULT_SIZE), event.get("overlap", 0))
    chunks = [dataclasses.asdict(c) for c in pieces]
    stats = {
        "chunks": len(pieces),
        "avg_length": sum(len(c.text) for c in pieces) // len(pieces),
        "longest": max(len(c.text) for c in pieces),
    }
    outline = [p.split(".")[0] for p in paragraphs]

    return {
        "key": event["key"],
        "language": language,
        "paragraphs": len(paragraphs),
        "chunks": chunks,
        "stats": stats,
        "outline": outline,
    }
