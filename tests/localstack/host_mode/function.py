"""What a function's first process is started with: its command, its environment variables, its folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from host_mode.events import Answer
from host_mode.runtimes import ManagedRuntime


class CannotStart(Exception):
    """The function has nothing that could be started."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.payload.decode())
        self.answer = answer


@dataclass(frozen=True)
class Function:
    """One version of a function, as LocalStack has it."""

    runtime: str
    """`python3.12`, `provided.al2023`, …"""
    handler: str
    timeout: float
    """Seconds."""
    memory_mb: int
    task: Path
    """The unpacked code: /var/task."""
    layers: Path
    """The layers, merged: /opt."""
    environment: Mapping[str, str]
    """The variables that LocalStack sets, the user's own among them."""
    managed: ManagedRuntime | None
    """None for custom runtimes (`provided.*`)."""

    def command(self) -> list[str]:
        if self.managed is None:
            return [self._custom_bootstrap()]
        command = [f"/var/lang/bin/{self.runtime}", "/var/runtime/bootstrap.py"]
        # It gets the command as arguments: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
        wrapper = self.environment.get("AWS_LAMBDA_EXEC_WRAPPER")
        return [wrapper, *command] if wrapper else command

    def mounts(self) -> list[str]:
        """namespace.sh's arguments TASK LAYERS RUNTIME LANGUAGE."""
        managed = [str(self.managed.folder), str(self.managed.prefix)] if self.managed else ["", ""]
        return [str(self.task), str(self.layers), *managed]

    def variables(self, runtime_api: str) -> dict[str, str]:
        """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
        libraries = "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"
        path = "/usr/local/bin:/usr/bin:/bin:/opt/bin"
        variables = {
            "LANG": "en_US.UTF-8",
            "LD_LIBRARY_PATH": f"/var/lang/lib:{libraries}" if self.managed else libraries,
            "PATH": f"/var/lang/bin:{path}" if self.managed else path,
            **self.environment,
            "_HANDLER": self.handler,
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
        }
        if self.managed:
            variables["AWS_EXECUTION_ENV"] = f"AWS_Lambda_{self.runtime}"
        else:
            variables.pop("AWS_EXECUTION_ENV", None)
        return variables

    def _custom_bootstrap(self) -> str:
        for folder, path in ((self.task, "/var/task/bootstrap"), (self.layers, "/opt/bootstrap")):
            if (folder / "bootstrap").exists():
                return path
        raise CannotStart(
            Answer.error(
                "Runtime.InvalidEntrypoint",
                "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
            )
        )
