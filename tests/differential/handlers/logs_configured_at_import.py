"""Sets the root logger up as many projects do."""

import logging

logging.basicConfig(level=logging.INFO)
logging.getLogger().setLevel(logging.INFO)
logger = logging.getLogger(__name__)


def handler(event, context):
    logger.info("configured at import")
    logger.debug("not shown")
    return {"first": [1], "second": 2}
