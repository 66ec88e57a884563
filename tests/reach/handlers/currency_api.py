# events: [{"body": "{\"from\": \"EUR\", \"to\": \"USD\", \"amount\": 100}"}, {"body": "{\"from\": \"EUR\"}"}, {"body": "nope"}]
# unsafe: success (differs in the except), amount (an except may still return another shape), rate (the same), converted (the same), fee (computed last), error (only of the failure)
import json

import requests

API_URL = "https://fx.example.com/v1/rates"


def get_rate(base, target):
    rates = requests.get(API_URL, params={"base": base}, timeout=2).json()["rates"]
    return rates[target]


def lambda_handler(event, context):
    try:
        body = json.loads(event["body"])
        amount = float(body["amount"])
        rate = get_rate(body["from"], body["to"])
        converted = round(amount * rate, 2)
        fee = round(max(converted * 0.01, 1.0), 2)
        return {
            "success": True,
            "amount": amount,
            "rate": rate,
            "converted": converted,
            "fee": fee,
        }
    except Exception as e:
        print(f"ERROR: {e}")
        return {"success": False, "error": str(e)}
