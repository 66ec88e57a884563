# events: [{"pathParameters": {"id": "c-1"}}, {"pathParameters": {"id": "nobody"}}, {"pathParameters": null}]
# unsafe: statusCode (a constant alone), headers (a constant alone), body (computed last)
import json

import boto3

table = boto3.resource("dynamodb").Table("customers")

HEADERS = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}


def lambda_handler(event, context):
    params = event.get("pathParameters") or {}
    customer_id = params.get("id")
    if not customer_id:
        return {"statusCode": 400, "headers": HEADERS, "body": json.dumps({"error": "id is required"})}

    response = table.get_item(Key={"customer_id": customer_id})
    if "Item" not in response:
        return {"statusCode": 404, "headers": HEADERS, "body": json.dumps({"error": "not found"})}

    return {
        "statusCode": 200,
        "headers": HEADERS,
        "body": json.dumps(response["Item"]),
    }
