# events: [{"queryStringParameters": {"days": "2"}, "requestContext": {"requestId": "q-1"}}, {"queryStringParameters": {"days": "x"}, "requestContext": {"requestId": "q-2"}}]
# unsafe: statusCode (a constant alone), headers (a constant alone), body (computed last)
import json
import logging
import statistics

logger = logging.getLogger()
logger.setLevel(logging.INFO)

SALES = [120.5, 98.0, 143.2, 110.9, 87.4, 155.0, 132.3]


def lambda_handler(event, context):
    request_id = event["requestContext"]["requestId"]
    logger.info("request %s", request_id)

    try:
        days = int((event.get("queryStringParameters") or {}).get("days", 7))
    except ValueError:
        return {
            "statusCode": 400,
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps({"message": "days must be a number"}),
        }

    recent = SALES[-days:]
    payload = {
        "days": days,
        "total": round(sum(recent), 2),
        "average": round(statistics.mean(recent), 2),
        "best": max(recent),
        "trend": "up" if recent[-1] > recent[0] else "down",
    }
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(payload),
    }
