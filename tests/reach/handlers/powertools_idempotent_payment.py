# events: [{"payment_id": "p-1", "amount": 120.0, "method": "card"}, {"payment_id": "p-2", "amount": 9.5, "method": "sepa"}]
# unsafe: payment_id (the decorator may call it again), fee (likewise), authorization (likewise), receipt (computed last)
import hashlib

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
)

logger = Logger(service="payments")
store = DynamoDBPersistenceLayer(table_name="idempotency")
config = IdempotencyConfig(event_key_jmespath="payment_id")

FEES = {"card": 0.014, "sepa": 0.002}


def authorize(payment):
    token = hashlib.sha256(f"{payment['payment_id']}:{payment['amount']}".encode()).hexdigest()[:12]
    logger.info("authorized", token=token)
    return {"token": token, "approved": payment["amount"] < 10_000}


def make_receipt(payment, fee, authorization):
    return f"{payment['payment_id']} {payment['amount']:.2f} (fee {fee:.2f}) {authorization['token']}"


@logger.inject_lambda_context
@idempotent(config=config, persistence_store=store)
def lambda_handler(event, context):
    fee = round(event["amount"] * FEES[event["method"]], 2)
    authorization = authorize(event)
    receipt = make_receipt(event, fee, authorization)

    return {
        "payment_id": event["payment_id"],
        "fee": fee,
        "authorization": authorization,
        "receipt": receipt,
    }
