# events: [{"Records": [{"kinesis": {"partitionKey": "u-1", "data": "eyJ1c2VyIjogInUtMSIsICJwYWdlIjogImhvbWUiLCAibXMiOiAxMjB9"}}, {"kinesis": {"partitionKey": "u-2", "data": "eyJ1c2VyIjogInUtMiIsICJwYWdlIjogImNhcnQiLCAibXMiOiA5MDB9"}}]}, {"Records": []}]
# safe: received, users, pages, dwell, funnel
from collections import Counter, defaultdict

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent, event_source

logger = Logger(service="clickstream")
metrics = Metrics(namespace="Web", service="clickstream")

STEPS = ["home", "product", "cart", "checkout"]


def dwell_times(clicks):
    per_page = defaultdict(list)
    for c in clicks:
        per_page[c["page"]].append(c["ms"])
    return {page: round(sum(ms) / len(ms)) for page, ms in per_page.items()}


def funnel(clicks):
    reached = defaultdict(set)
    for c in clicks:
        reached[c["page"]].add(c["user"])
    return [{"step": s, "users": len(reached[s])} for s in STEPS]


@metrics.log_metrics
@logger.inject_lambda_context
@event_source(data_class=KinesisStreamEvent)
def lambda_handler(event: KinesisStreamEvent, context):
    clicks = [record.kinesis.data_as_json() for record in event.records]
    metrics.add_metric("Clicks", MetricUnit.Count, len(clicks))

    summary = {}
    summary["received"] = len(clicks)
    summary["users"] = sorted({c["user"] for c in clicks})
    summary["pages"] = dict(Counter(c["page"] for c in clicks))
    summary["dwell"] = dwell_times(clicks)
    summary["funnel"] = funnel(clicks)

    logger.info("summarised", extra={"clicks": len(clicks)})
    return summary
