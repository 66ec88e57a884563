# events: [{"id": "e-1", "detail-type": "UserUpdated", "detail": {"actor": "u-1", "before": {"role": "viewer", "mfa": false}, "after": {"role": "admin", "mfa": false}}}, {"id": "e-2", "detail-type": "UserUpdated", "detail": {"actor": "u-2", "before": {"role": "viewer"}, "after": {"role": "viewer"}}}]
# safe: event_id, actor, action, changes, severity, digest
# unsafe: notified (computed last)
import hashlib
import json

import boto3

sns = boto3.client("sns")

SENSITIVE = {"role", "mfa", "email"}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:audit"


def diff(before: dict, after: dict) -> list:
    changes = []
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            changes.append({"field": key, "from": before.get(key), "to": after.get(key)})
    return changes


def classify(changes: list) -> str:
    if any(c["field"] == "role" and c["to"] == "admin" for c in changes):
        return "critical"
    if any(c["field"] in SENSITIVE for c in changes):
        return "high"
    return "low" if changes else "none"


def notify(severity: str, actor: str) -> bool:
    if severity not in ("critical", "high"):
        return False
    sns.publish(TopicArn=TOPIC, Subject=f"[{severity}] account change", Message=f"by {actor}")
    return True


def lambda_handler(event, context):
    detail = event["detail"]
    actor = detail["actor"]
    action = event["detail-type"]

    changes = diff(detail["before"], detail["after"])
    severity = classify(changes)
    digest = hashlib.sha256(json.dumps(changes, sort_keys=True).encode()).hexdigest()
    notified = notify(severity, actor)

    entry = {
        "event_id": event["id"],
        "actor": actor,
        "action": action,
        "changes": changes,
        "severity": severity,
        "digest": digest,
        "notified": notified,
    }
    return entry
