class EventType:
    SQS = "SQS"
    KinesisDataStreams = "KinesisDataStreams"


class BatchProcessor:
    def __init__(self, event_type):
        self.event_type = event_type


def process_partial_response(event, record_handler, processor, context=None):
    from .data_classes import SQSRecord

    failures = []
    for record in event["Records"]:
        try:
            record_handler(SQSRecord(record))
        except Exception:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
