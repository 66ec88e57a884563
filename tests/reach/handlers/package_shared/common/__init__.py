"""What every function of the shop logs, traces and counts with."""

from aws_lambda_powertools import Metrics, Tracer

from .logger import logger

tracer = Tracer(service="shop")
metrics = Metrics(namespace="Shop", service="shop")

__all__ = ["logger", "metrics", "tracer"]
