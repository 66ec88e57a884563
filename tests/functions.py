"""Lambda functions for tests: made from a dict of files, invoked, watched through their logs, deleted."""

from __future__ import annotations

import base64
import io
import json
import os
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from botocore.client import BaseClient

Files = Mapping[str, "str | bytes | Path"]
"""Path in the archive → its content, or a file to take content and mode from."""

T = TypeVar("T")

# Against AWS this names a real role; LocalStack takes any.
ROLE = os.environ.get("TEST_ROLE_ARN", "arn:aws:iam::000000000000:role/test")


@dataclass(frozen=True)
class Result:
    """What a synchronous invocation gave back."""

    raw: bytes
    """The response's bytes."""
    error: str | None
    """Lambda's FunctionError, `Unhandled`, or None."""
    log: str
    """The end of the log, at most 4 KB."""
    request_id: str

    @property
    def payload(self) -> Any:
        return json.loads(self.raw)


class Functions:
    """Makes names that no other test uses, so that tests can run side by side."""

    def __init__(self, lambda_client: BaseClient, logs: BaseClient) -> None:
        self._lambda = lambda_client
        self._logs = logs
        self._functions: list[str] = []
        self._layers: list[tuple[str, int]] = []

    def create(
        self,
        files: Files,
        *,
        runtime: str,
        handler: str = "app.handler",
        layers: Iterable[str] = (),
        environment: Mapping[str, str] | None = None,
        timeout: int = 10,
        memory_mb: int = 128,
        name: str | None = None,
        role: str = ROLE,
    ) -> str:
        """The function's name. It can be invoked at once."""
        name = name or unique_name()
        self._lambda.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=role,
            Handler=handler,
            Code={"ZipFile": archive(files)},
            Layers=list(layers),
            Environment={"Variables": dict(environment or {})},
            Timeout=timeout,
            MemorySize=memory_mb,
        )
        self._functions.append(name)
        wait_until(lambda: self._is_active(name), f"{name} becomes active", seconds=60)
        return name

    def layer(self, files: Files) -> str:
        """The ARN of a new layer version."""
        version = self._lambda.publish_layer_version(
            LayerName=unique_name(), Content={"ZipFile": archive(files)}
        )
        self._layers.append((version["LayerArn"], version["Version"]))
        return version["LayerVersionArn"]

    def invoke(self, name: str, event: Any, client_context: Any = None) -> Result:
        """Waits for the function's response."""
        context = {"ClientContext": _base64_json(client_context)} if client_context is not None else {}
        response = self._lambda.invoke(
            FunctionName=name, Payload=json.dumps(event), LogType="Tail", **context
        )
        return Result(
            raw=response["Payload"].read(),
            error=response.get("FunctionError"),
            log=base64.b64decode(response.get("LogResult", "")).decode(),
            request_id=response["ResponseMetadata"]["RequestId"],
        )

    def send(self, name: str, event: Any) -> str:
        """Invokes without waiting (type Event); the request id."""
        response = self._lambda.invoke(FunctionName=name, Payload=json.dumps(event), InvocationType="Event")
        assert response["StatusCode"] == 202, response
        return response["ResponseMetadata"]["RequestId"]

    def log(self, name: str) -> str:
        """Everything that the function's log group holds by now, oldest first."""
        try:
            pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
            return "".join(event["message"] for page in pages for event in page["events"])
        except self._logs.exceptions.ResourceNotFoundException:
            return ""

    def wait_for_log(self, name: str, text: str, seconds: float = 15) -> str:
        """The whole log, once it has this text."""
        return wait_until(
            lambda: text in (log := self.log(name)) and log, f"{text!r} in the log of {name}", seconds
        )

    def delete_all(self) -> None:
        for name in self._functions:
            with suppress(self._lambda.exceptions.ResourceNotFoundException):
                self._lambda.delete_function(FunctionName=name)
        for arn, version in self._layers:
            self._lambda.delete_layer_version(LayerName=arn, VersionNumber=version)

    def _is_active(self, name: str) -> bool:
        configuration = self._lambda.get_function_configuration(FunctionName=name)
        if configuration["State"] == "Failed":
            raise AssertionError(f"{name}: {configuration.get('StateReason')}")
        return configuration["State"] == "Active"


def unique_name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def archive(files: Files) -> bytes:
    """A zip of these files; scripts and binaries are executable."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        for path, source in files.items():
            content, mode = _content_and_mode(source)
            entry = zipfile.ZipInfo(path)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100000 | mode) << 16
            zipped.writestr(entry, content)
    return buffer.getvalue()


def wait_until(probe: Callable[[], T | None], what: str, seconds: float) -> T:
    """The probe's first true value."""
    deadline = time.monotonic() + seconds
    while not (value := probe()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return value


def _content_and_mode(source: str | bytes | Path) -> tuple[bytes, int]:
    if isinstance(source, Path):
        return source.read_bytes(), source.stat().st_mode & 0o777
    content = source.encode() if isinstance(source, str) else source
    return content, 0o755 if content.startswith((b"#!", b"\x7fELF")) else 0o644


def _base64_json(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()
