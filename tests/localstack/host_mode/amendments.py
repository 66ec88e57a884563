"""Where LocalStack 4.7.0 differs from Lambda in ways that our product can notice."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from localstack.aws.api.lambda_ import InvocationType, RequestTooLargeException
from localstack.services.lambda_.invocation.event_manager import Poller
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment
from localstack.services.lambda_.invocation.internal_sqs_queue import get_fake_sqs_client
from localstack.services.lambda_.invocation.lambda_models import Invocation, InvocationResult
from localstack.services.lambda_.invocation.lambda_service import LambdaService
from localstack.services.lambda_.runtimes import ALL_RUNTIMES
from localstack.services.s3.storage.ephemeral import EphemeralS3ObjectStore
from localstack.utils.aws import aws_stack
from localstack.utils.patch import patch

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, "Invocation payload"
MAX_PAYLOAD_BYTES = {InvocationType.RequestResponse: 6 * 1024 * 1024, InvocationType.Event: 1024 * 1024}


def apply() -> None:
    patch(ExecutionEnvironment.invoke)(_hand_over_client_context)
    patch(LambdaService.invoke)(_limit_payload)
    patch(Poller.run)(_poll)
    patch(EphemeralS3ObjectStore.__init__)(_store_in_temporary_folder)
    # Lambda has it since November 2025; a layer may name it.
    ALL_RUNTIMES.append("python3.14")
    # LocalStack would ask the network's name server for its own S3; this is the answer that it would get.
    aws_stack.CACHE_S3_HOSTNAME_DNS_STATUS = False


def _hand_over_client_context(
    invoke: Callable[[ExecutionEnvironment, Invocation], InvocationResult],
    environment: ExecutionEnvironment,
    invocation: Invocation,
) -> InvocationResult:
    """LocalStack keeps the client context of an invocation, but does not pass it to the executor."""
    environment.runtime_executor.client_context = invocation.client_context
    return invoke(environment, invocation)


def _limit_payload(
    invoke: Callable[..., InvocationResult | None], service: LambdaService, *args: Any, **kwargs: Any
) -> InvocationResult | None:
    """LocalStack takes payloads of any size."""
    kind = kwargs.get("invocation_type") or InvocationType.RequestResponse
    size = len(kwargs.get("payload") or b"")
    limit = MAX_PAYLOAD_BYTES.get(kind)
    if limit is not None and size > limit:
        raise RequestTooLargeException(
            f"{size} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
        )
    return invoke(service, *args, **kwargs)


def _poll(_run: Callable[..., None], poller: Poller, *_ignored: object, **_also: object) -> None:
    """When a function is updated, its old poller still waits for events of the queue that the new one has, too.
    LocalStack drops what the old one gets then: the event is back a minute after the function's timeout."""
    client, queue = get_fake_sqs_client(), poller.event_queue_url
    visibility = poller.version_manager.function_version.config.timeout + 60
    while not poller._shutdown_event.is_set():
        try:
            received = client.receive_message(
                QueueUrl=queue, WaitTimeSeconds=2, MaxNumberOfMessages=10, VisibilityTimeout=visibility
            )
        except ValueError:  # the queue went with its function
            return
        for message in received["Messages"] or ():
            give_back = partial(
                client.queue_manager.get_queue(queue).update_visibility_timeout, message["ReceiptHandle"], 0
            )
            try:
                handled = poller.invoker_pool.submit(poller.handle_message, message)
            except RuntimeError:  # the pool is closed
                give_back()
            else:
                handled.add_done_callback(partial(_if_cancelled, give_back))


def _if_cancelled(give_back: Callable[[], None], handled: Future[None]) -> None:
    if handled.cancelled():
        give_back()


def _store_in_temporary_folder(
    init: Callable[[EphemeralS3ObjectStore, str], None], store: EphemeralS3ObjectStore, *_ignored: object
) -> None:
    """LocalStack would share one fixed folder among all its instances, and leave it behind."""
    init(store, tempfile.mkdtemp(prefix="s3-"))
