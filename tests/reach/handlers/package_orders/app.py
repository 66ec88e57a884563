# events: [{"Records": [{"messageId": "1", "body": "{\"order\": \"o-1\", \"lines\": [{\"sku\": \"A-1\", \"qty\": 2}]}"}, {"messageId": "2", "body": "{\"order\": \"o-2\", \"lines\": []}"}]}, {"Records": [{"messageId": "3", "body": "{broken"}]}]
# unsafe: batchItemFailures (computed last: it grows until the end), processed (computed last)
"""Consumer of the orders queue. Partial batch responses are switched on."""
import logging

from orders import parse, pick

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def lambda_handler(event, context):
    failures = []
    processed = 0

    for record in event["Records"]:
        try:
            order = parse.order(record["body"])
            location = pick.location(order)
            logger.info("%s is picked in %s", order["order"], location)
            processed += 1
        except Exception:
            logger.exception("message %s failed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})

    return {"batchItemFailures": failures, "processed": processed}
