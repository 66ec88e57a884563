"""AWS Lambda Powertools, as its documentation uses it."""

from aws_lambda_powertools import Logger, Metrics, Tracer, single_metric
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, SQSEvent, event_source
from aws_lambda_powertools.utilities.parser import BaseModel, event_parser, parse
from aws_lambda_powertools.utilities.parser.envelopes import EventBridgeEnvelope
from aws_lambda_powertools.utilities.typing import LambdaContext
from aws_lambda_powertools.utilities.validation import validator

logger = Logger(service="orders")
metrics = Metrics(namespace="Shop", service="orders")
tracer = Tracer(service="orders")
processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(log_event=True, clear_state=True)
def logs(event, context):
    logger.append_keys(order=event["order"])
    logger.info("taking the order")
    items = [{"n": n} for n in range(event["order"])]
    logger.warning("with extra", extra={"items": len(items)}, more=True)
    total = sum(item["n"] for item in items)
    return {"items": items, "total": total}


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
def correlates(event, context):
    logger.info("correlated")
    return {"id": logger.get_correlation_id(), "size": len(event)}


@logger.inject_lambda_context
def logs_an_exception(event, context):
    first = {"order": event["order"]}
    try:
        second = 1 // event["order"]
    except ZeroDivisionError:
        logger.exception("cannot divide")
        raise
    return {"first": first, "second": second}


@logger.inject_lambda_context
def log_levels(event, context):
    logger.debug("debug")
    logger.info({"structured": [1, "é"]})
    logger.critical("critical")
    child = Logger(service="orders", child=True)
    child.info("by the child")
    return {"level": logger.log_level, "handlers": [type(one).__name__ for one in logger.handlers]}


@metrics.log_metrics(capture_cold_start_metric=True)
def counts(event, context):
    metrics.add_metric(name="Orders", unit=MetricUnit.Count, value=1)
    metrics.add_metadata(key="order", value="o-1")
    with single_metric(name="Single", unit=MetricUnit.Seconds, value=2, namespace="Shop") as metric:
        metric.add_dimension(name="kind", value="express")
    first = [event["order"]]
    second = {"counted": True}
    return {"first": first, "second": second}


@metrics.log_metrics(raise_on_empty_metrics=True)
def counts_nothing(event, context):
    return {"first": 1, "second": [2]}


@tracer.capture_lambda_handler
def traced(event, context):
    @tracer.capture_method
    def collect(n):
        return list(range(n))

    tracer.put_annotation(key="order", value="o-1")
    items = collect(event["order"])
    total = sum(items)
    return {"items": items, "total": total}


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def all_three(event: dict, context: LambdaContext) -> dict:
    metrics.add_metric(name="Orders", unit=MetricUnit.Count, value=1)
    logger.info("all three")
    items = [n * n for n in range(event["order"])]
    total = sum(items)
    return {"items": items, "total": total}


class Order(BaseModel):
    id: int
    items: list[str] = []


@event_parser(model=Order)
def parses(event: Order, context: LambdaContext):
    items = [item.upper() for item in event.items]
    return {"items": items, "id": event.id}


@event_parser(model=Order, envelope=EventBridgeEnvelope)
def parses_an_envelope(event: Order, context: LambdaContext):
    return {"id": event.id, "items": event.items}


def parses_by_itself(event, context):
    order = parse(event=event, model=Order)
    return {"order": order.model_dump(), "text": order.model_dump_json()}


SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {"order": {"type": "integer"}},
    "required": ["order"],
}


@validator(inbound_schema=SCHEMA)
def validates(event, context):
    return {"order": event["order"], "valid": [True]}


def _take(record):
    body = record.json_body
    if body["fail"]:
        raise ValueError(f"cannot take {body['n']}")
    return body["n"]


@logger.inject_lambda_context
def batch(event, context):
    return process_partial_response(event=event, record_handler=_take, processor=processor, context=context)


@event_source(data_class=SQSEvent)
def sqs_records(event: SQSEvent, context):
    bodies = [record.body for record in event.records]
    return {"bodies": bodies, "n": len(bodies)}


@event_source(data_class=APIGatewayProxyEvent)
def proxy_event(event: APIGatewayProxyEvent, context):
    return {"path": event.path, "method": event.http_method, "q": event.query_string_parameters}
