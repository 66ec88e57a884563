"""A writer and its readers on LocalStack, with everything that they need to meet."""

from __future__ import annotations

from typing import Any

from botocore.client import BaseClient

import rendezvous as meeting
from functions import Functions, wait_until
from records import record_of
from rendezvous import Rendezvous


class Chain:
    """A writer and its readers, with everything that they need to meet."""

    def __init__(
        self,
        functions: Functions,
        lambda_client: BaseClient,
        layer: str,
        table: str,
        meeting: Rendezvous,
        runtime: str,
    ) -> None:
        self.functions = functions
        self.runtime = runtime
        self._lambda = lambda_client
        self._layer = layer
        self._common = {"UNUM_TABLE": table, "UNUM_LOG": "debug", "RENDEZVOUS": meeting.address}

    def add(
        self, source: str, *next: str, runtime: str | None = None, retries: int = 0, **options: Any
    ) -> str:
        """A function whose result goes to `next`. Its log holds what went wrong, once, unless `retries` are asked for."""
        runtime = runtime or self.runtime
        # Harsher than Lambda: stopped while the response is on its way.
        variables = {**self._common, "HOST_MODE_FREEZE": "response"}
        if not runtime.startswith("provided"):
            variables["AWS_LAMBDA_EXEC_WRAPPER"] = "/opt/bootstrap"
        if next:
            variables["UNUM_NEXT"] = ",".join(next)
        variables |= options.pop("environment", {})
        files = {"app.py": source, "rendezvous.py": meeting.CLIENT} | options.pop("files", {})
        name = self.functions.create(
            files,
            runtime=runtime,
            handler="app.lambda_handler",
            layers=[self._layer],
            environment={name: value for name, value in variables.items() if value is not None},
            **options,
        )
        self._lambda.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=retries)
        return name

    def record(self, function: str, session: str) -> dict[str, Any]:
        return wait_until(
            lambda: record_of(self.functions.log(function), session), f"a record of {function}", seconds=30
        )
