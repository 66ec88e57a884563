# events: [{"Records": [{"Sns": {"Subject": "ALARM: cpu", "Message": "{\"AlarmName\": \"cpu-high\", \"NewStateValue\": \"ALARM\", \"Region\": \"EU (Ireland)\", \"Trigger\": {\"MetricName\": \"CPUUtilization\", \"Threshold\": 80}}", "Timestamp": "2024-06-01T08:00:00.000Z"}}]}]
# safe: alarm, state, metric, since, severity, runbook
# unsafe: delivered (computed last)
import json
import os
from datetime import datetime

import requests

WEBHOOK = os.environ.get("WEBHOOK_URL", "https://hooks.example.com/services/T000/rates")
RUNBOOKS = {"CPUUtilization": "https://wiki.example.com/cpu"}


def severity_of(message):
    if message["NewStateValue"] == "OK":
        return "info"
    return "page" if message["Trigger"]["Threshold"] >= 80 else "ticket"


def lambda_handler(event, context):
    sns = event["Records"][0]["Sns"]
    message = json.loads(sns["Message"])

    alarm = message["AlarmName"]
    state = message["NewStateValue"]
    metric = message["Trigger"]["MetricName"]
    since = datetime.fromisoformat(sns["Timestamp"].replace("Z", "+00:00")).strftime("%H:%M")
    severity = severity_of(message)
    runbook = RUNBOOKS.get(metric, "none")

    text = f":rotating_light: *{alarm}* is {state} since {since} ({severity})\n{runbook}"
    delivered = requests.post(WEBHOOK, json={"text": text}, timeout=3).ok

    return {
        "alarm": alarm,
        "state": state,
        "metric": metric,
        "since": since,
        "severity": severity,
        "runbook": runbook,
        "delivered": delivered,
    }
