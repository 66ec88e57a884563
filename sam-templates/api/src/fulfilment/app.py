"""Packs the items while the price and the delivery are still being worked out."""

import json


def lambda_handler(event, context):
    if "items" not in event:
        print("FULFILLED nothing: the order was refused")
        return None
    parcel = sorted(f"{item['quantity']} x {item['sku']}" for item in event["items"])
    total, postage = event["price"]["total"], event["delivery"]["cents"]
    fulfilled = {"parcel": parcel, "to": event["delivery"]["customer"], "cents": total + postage}
    print("FULFILLED " + json.dumps(fulfilled))
    return fulfilled
