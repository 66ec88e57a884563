# events: [{"queryStringParameters": {"session": "s-1"}}, {"queryStringParameters": null}, {"queryStringParameters": {"session": "s-404"}}]
# unsafe: statusCode (a constant alone), headers (a constant alone), body (computed last)
import json
import os

import boto3

TABLE_NAME = os.environ.get("SESSIONS_TABLE", "sessions")
sessions = boto3.resource("dynamodb").Table(TABLE_NAME)


def respond(status, body):
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": json.dumps(body),
    }


def lambda_handler(event, context):
    params = event.get("queryStringParameters") or {}
    if "session" not in params:
        return respond(400, {"message": "session is required"})

    try:
        item = sessions.get_item(Key={"session_id": params["session"]}).get("Item")
    except Exception as e:
        print(f"error: {e}")
        return respond(500, {"message": "internal error"})

    if item is None:
        return respond(404, {"message": "no such session"})

    return respond(200, {"user": item["user"], "pages": item["pages"], "last": item["pages"][-1]})
