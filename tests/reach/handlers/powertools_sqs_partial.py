# events: [{"Records": [{"messageId": "m-1", "body": "{\"order\": 1}"}, {"messageId": "m-2", "body": "not json"}]}, {"Records": []}]
# unsafe: batchItemFailures (the only field)
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

processor = BatchProcessor(event_type=EventType.SQS)
logger = Logger(service="orders-consumer")
metrics = Metrics(namespace="Shop")


def record_handler(record):
    payload = record.json_body
    logger.info("order", order=payload["order"])
    metrics.add_metric(name="Orders", unit="Count", value=1)


@metrics.log_metrics
@logger.inject_lambda_context
def lambda_handler(event, context):
    return process_partial_response(
        event=event, record_handler=record_handler, processor=processor, context=context
    )
