# events: [{"n": 0}]
import logging

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def load(n):
    return [1 / n]


def lambda_handler(event, context):
    try:
        return {"a": str(event["n"]), "b": load(event["n"])}
    except ZeroDivisionError:
        logger.exception("it failed")
        raise
