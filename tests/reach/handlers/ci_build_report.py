# events: [{"detail": {"build-status": "FAILED", "project-name": "web", "additional-information": {"phases": [{"phase-type": "INSTALL", "duration-in-seconds": 31, "phase-status": "SUCCEEDED"}, {"phase-type": "BUILD", "duration-in-seconds": 144, "phase-status": "FAILED"}]}}, "time": "2024-06-01T09:12:00Z"}, {"detail": {"build-status": "SUCCEEDED", "project-name": "api", "additional-information": {"phases": []}}, "time": "2024-06-01T10:00:00Z"}]
# safe: project, status, started, duration, slowest, failed_phase
# unsafe: notified (computed last)
import json
import os

import boto3

sns = boto3.client("sns")
TOPIC_ARN = os.getenv("TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:builds")


def lambda_handler(event, context):
    detail = event["detail"]
    phases = detail["additional-information"]["phases"]

    durations = {p["phase-type"]: p["duration-in-seconds"] for p in phases}
    duration = sum(durations.values())
    slowest = max(durations, key=durations.get) if durations else None
    failed_phase = next((p["phase-type"] for p in phases if p["phase-status"] == "FAILED"), None)

    message = {
        "project": detail["project-name"],
        "status": detail["build-status"],
        "started": event["time"],
        "duration": duration,
        "slowest": slowest,
        "failed_phase": failed_phase,
    }
    if failed_phase is not None:
        sns.publish(TopicArn=TOPIC_ARN, Subject=f"{detail['project-name']} failed", Message=json.dumps(message))
    message["notified"] = failed_phase is not None
    return message
