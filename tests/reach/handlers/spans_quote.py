# events: [{"from": "EUR", "to": "USD", "amount": 100}, {"from": "EUR", "to": "EUR", "amount": 5}, {"from": "EUR", "to": "XXX", "amount": 5}]
# safe: rate, converted
# unsafe: fee (computed last)
import functools

from opentelemetry import trace

tracer = trace.get_tracer(__name__)
RATES = {("EUR", "USD"): 1.25, ("EUR", "EUR"): 1.0}
LIMITS = {"small": 10, "fee": 0.5}


def rate_of(pair):
    return RATES[pair]


def fee_of(amount, limits):
    return 0 if amount < limits["small"] else round(amount * limits["fee"] / 100, 2)


def quote(event, context, limits):
    with tracer.start_as_current_span("quote") as span:
        rate = rate_of((event["from"], event["to"]))
        span.set_attribute("rate", rate)
        converted = round(event["amount"] * rate, 2)
        return (
            {"rate": rate, "converted": converted, "fee": fee_of(event["amount"], limits)}
            if rate != 1
            else {"rate": rate, "converted": converted, "fee": None}
        )


lambda_handler = functools.partial(quote, limits=LIMITS)
