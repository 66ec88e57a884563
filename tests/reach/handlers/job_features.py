# events: [{"job_id": "j-1", "input": [4, 8, 15, 16, 23, 42]}, {"job_id": "j-2", "input": [1]}]
# safe: job_id, version, stage, total, mean, primes, digits
# unsafe: checksum (computed last)
import os
import zlib

VERSION = os.environ.get("APP_VERSION", "1.4.2")


def basics(values):
    return {"total": sum(values), "mean": sum(values) / len(values)}


def primes(values):
    return [v for v in values if v > 1 and all(v % d for d in range(2, int(v**0.5) + 1))]


def digit_counts(values):
    counts = {}
    for v in values:
        for d in str(v):
            counts[d] = counts.get(d, 0) + 1
    return counts


def lambda_handler(event, context):
    values = event["input"]
    base = {"job_id": event["job_id"], "version": VERSION, "stage": "features"}

    result = {**base, **basics(values)}
    result["primes"] = primes(values)
    result["digits"] = digit_counts(values)
    result["checksum"] = zlib.crc32(repr(values).encode())
    return result
