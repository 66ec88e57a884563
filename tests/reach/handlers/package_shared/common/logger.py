import os

from aws_lambda_powertools import Logger

logger = Logger(service="shop", level=os.environ.get("LOG_LEVEL", "INFO"))
