# events: [{"basket": [{"sku": "tea", "price": 4.5, "count": 2}, {"sku": "pot", "price": 30.0, "count": 1}], "zone": "EU"}, {"basket": [{"sku": "mug", "price": 8.0, "count": 3}], "zone": "US", "fail": true}]
# safe: lines, net, tax
# unsafe: label (computed last)
from aws_lambda_powertools.metrics import MetricUnit
from common import logger, metrics, tracer
from common.clock import Stopwatch
from common.decorators import logged

TAX = {"EU": 0.2, "US": 0.08}


@tracer.capture_method
def price(line: dict) -> float:
    return round(line["price"] * line["count"], 2)


@tracer.capture_method
def print_label(zone: str, net: float) -> dict:
    return {"zone": zone, "insured": net > 20}


@logger.inject_lambda_context(log_event=True)
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
@logged(level="INFO")
def lambda_handler(event, context):
    with Stopwatch("prices"), tracer.provider.in_subsegment("## prices") as segment:
        basket = event["basket"]
        lines = [price(line) for line in basket]
        net = round(sum(lines), 2)
        segment.put_annotation("lines", len(lines))
        logger.info("prices are known", extra={"net": net})
        tax = round(net * TAX[event["zone"]], 2)
        metrics.add_metric(name="Net", unit=MetricUnit.Count, value=net)
        if event.get("fail"):
            raise ValueError("no label today")
        return {
            "lines": lines,
            "net": net,
            "tax": tax,
            "label": print_label(event["zone"], net),
        }
