"""DynamoDB on moto, in LocalStack's process; LocalStack would download DynamoDB Local, which needs Java."""

from __future__ import annotations

from threading import RLock

from localstack.aws.api import RequestContext, ServiceRequest, ServiceResponse
from localstack.aws.api.dynamodb import DynamodbApi
from localstack.aws.skeleton import DispatchTable, ServiceRequestHandler
from localstack.services.moto import MotoFallbackDispatcher
from localstack.services.plugins import Service


class Provider(DynamodbApi):
    """Implements nothing, so that every operation falls through to moto."""


def service() -> Service:
    return Service.for_provider(Provider(), dispatch_table_factory=_one_at_a_time)


def _one_at_a_time(provider: Provider) -> DispatchTable:
    """moto checks a condition and writes the item in two steps; DynamoDB's conditional writes are atomic."""
    lock = RLock()

    def locked(handler: ServiceRequestHandler) -> ServiceRequestHandler:
        def handle(context: RequestContext, request: ServiceRequest) -> ServiceResponse:
            with lock:
                return handler(context, request)

        return handle

    return {operation: locked(handler) for operation, handler in MotoFallbackDispatcher(provider).items()}
