# events: [{"transaction": {"id": "t-1", "amount": 1200.0, "country": "BR", "home_country": "DE", "hour": 3}}, {"transaction": {"id": "t-2", "amount": 12.5, "country": "DE", "home_country": "DE", "hour": 14}}]
# safe: transaction_id, features, rules, score, decision
# unsafe: explanation (computed last)
from __future__ import annotations

import json
import math
import os
from typing import Any

import boto3

BUCKET = os.environ.get("MODEL_BUCKET", "ml-models")
THRESHOLD = float(os.environ.get("THRESHOLD", "0.8"))

_s3 = boto3.client("s3")
_weights: dict[str, float] | None = None


def get_weights() -> dict[str, float]:
    global _weights
    if _weights is None:
        obj = _s3.get_object(Bucket=BUCKET, Key="models/weights.json")
        _weights = json.loads(obj["Body"].read())
    return _weights


def extract_features(tx: dict[str, Any]) -> dict[str, float]:
    return {
        "amount": float(tx["amount"]),
        "night": 1.0 if tx["hour"] < 6 else 0.0,
        "foreign": 1.0 if tx["country"] != tx["home_country"] else 0.0,
    }


def check_rules(tx: dict[str, Any]) -> list[str]:
    hits = []
    if tx["amount"] > 1000:
        hits.append("HIGH_AMOUNT")
    if tx["country"] in {"BR", "NG", "RU"}:
        hits.append("WATCHED_COUNTRY")
    return hits


def predict(features: dict[str, float]) -> float:
    weights = get_weights()
    z = weights["bias"] + sum(weights[name] * value for name, value in features.items())
    return round(1 / (1 + math.exp(-z)), 4)


def explain(features: dict[str, float]) -> list[dict[str, Any]]:
    weights = get_weights()
    parts = [{"feature": n, "contribution": round(weights[n] * v, 4)} for n, v in features.items()]
    return sorted(parts, key=lambda p: -abs(p["contribution"]))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    tx = event["transaction"]

    features = extract_features(tx)
    rules = check_rules(tx)
    score = predict(features)

    if score >= THRESHOLD or "WATCHED_COUNTRY" in rules:
        decision = "REVIEW"
    else:
        decision = "APPROVE"

    explanation = explain(features)

    return {
        "transaction_id": tx["id"],
        "features": features,
        "rules": rules,
        "score": score,
        "decision": decision,
        "explanation": explanation,
    }
