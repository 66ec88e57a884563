"""As much of Powertools for AWS Lambda as the handlers use: each decorator calls once and passes the result on."""

from .logging import Logger
from .metrics import Metrics, single_metric
from .tracing import Tracer

__all__ = ["Logger", "Metrics", "Tracer", "single_metric"]
