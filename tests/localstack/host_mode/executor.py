"""LocalStack's side: one executor per execution environment, answering in LocalStack's own process."""

from __future__ import annotations

import base64
import binascii
import os
import shutil
import tempfile
import time
from pathlib import Path
from threading import Lock

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from host_mode.events import Answer, Event, Freeze
from host_mode.function import CannotStart, Function
from host_mode.layers import merge
from host_mode.report import Report
from host_mode.runtimes import UnknownRuntime, managed_runtime, unknown_runtime
from host_mode.sandbox import Sandbox
from localstack import config

LOOPBACK = "127.0.0.1"
NEVER_STARTED = Answer.error("Sandbox.Failure", "the execution environment was stopped or never started")


class ProcessExecutor(RuntimeExecutor):
    """LocalStack reserves an environment before it invokes it, so that it invokes one event at a time."""

    client_context: str | None = None
    """Of the next invocation, Base64 as the caller sent it; set by `amendments`."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id, function_version)
        self._environment: dict[str, str] = {}
        self._sandbox: Sandbox | None = None
        self._initialized = False
        self._cannot_start = NEVER_STARTED
        self._lock = Lock()
        self._stopped = False

    def start(self, env_vars: dict[str, str]) -> None:
        """Begins the init phase; if that fails, the invocation that waits for it is told, as on Lambda."""
        self._environment = {name: str(value) for name, value in env_vars.items()}
        self._start_sandbox()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            sandbox = self._sandbox
        if sandbox:
            sandbox.close()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        request_id = payload["invoke-id"]
        version = self.function_version
        report = Report(request_id, version.id.qualifier, version.config.memory_size)
        log = self._replace_sandbox_unless_usable()
        if self._sandbox is None:
            answer = self._cannot_start
        else:
            answer = self._serve(self._sandbox, payload, report)
            log += self._sandbox.take_log()
        return InvocationResult(request_id, answer.payload, answer.is_error, logs=report.around(log, answer))

    def get_logs(self) -> str:
        return self._sandbox.take_log() if self._sandbox else ""

    def get_address(self) -> str:
        return LOOPBACK

    def get_endpoint_from_executor(self) -> str:
        return LOOPBACK

    def get_runtime_endpoint(self) -> str:
        """Where LocalStack's own init process would report to; nothing here does."""
        return f"http://{LOOPBACK}:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        version = function_version.config
        version.code.prepare_for_execution()
        for layer in version.layers:
            layer.code.prepare_for_execution()
        merge((layer.code.get_unzipped_code_location() for layer in version.layers), _opt(function_version))

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        shutil.rmtree(_opt(function_version), ignore_errors=True)

    def _replace_sandbox_unless_usable(self) -> str:
        """What the old one wrote after its last invocation."""
        old = self._sandbox
        if old and old.usable:
            return ""
        if old:
            old.close()
        self._start_sandbox()
        return old.take_log() if old else ""

    def _start_sandbox(self) -> None:
        with self._lock:
            self._sandbox, self._initialized, self._cannot_start = None, False, NEVER_STARTED
            if self._stopped:
                return
            try:
                function = self._function()
                self._sandbox = Sandbox(function, _freeze(function))
            except CannotStart as error:
                self._cannot_start = error.answer
            except UnknownRuntime as error:
                self._cannot_start = unknown_runtime(error)

    def _serve(self, sandbox: Sandbox, payload: dict[str, str], report: Report) -> Answer:
        if not self._initialized:
            with report.init():
                failure = sandbox.wait_for_init(report.request_id)
            if failure:
                return failure
            self._initialized = True
        deadline = time.time() + self.function_version.config.timeout
        event = Event(
            request_id=report.request_id,
            function_arn=payload["invoked-function-arn"],
            payload=payload["payload"].encode(),
            deadline_ms=int(deadline * 1000),
            trace_id=payload.get("trace-id"),
            client_context=_decode_client_context(self.client_context),
        )
        with report.invocation():
            return sandbox.invoke(event)

    def _function(self) -> Function:
        version = self.function_version.config
        return Function(
            runtime=str(version.runtime),
            handler=version.handler or "",
            timeout=float(version.timeout),
            memory_mb=version.memory_size,
            task=version.code.get_unzipped_code_location(),
            layers=_opt(self.function_version),
            environment=self._environment,
            managed=managed_runtime(str(version.runtime)),
        )


def _freeze(function: Function) -> Freeze:
    """A function's own variable goes before LocalStack's."""
    default = os.environ.get("HOST_MODE_FREEZE", Freeze.NEXT.value)
    return Freeze(function.environment.get("HOST_MODE_FREEZE", default))


def _opt(function_version: FunctionVersion) -> Path:
    """Where a version's merged layers are. By revision: `$LATEST` keeps its ARN when it is updated."""
    return Path(tempfile.gettempdir(), "host-mode-opt", function_version.config.internal_revision)


def _decode_client_context(encoded: str | None) -> str | None:
    if not encoded:
        return None
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
