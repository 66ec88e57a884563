"""What LocalStack loads: the entry points in unum_host_mode.dist-info name the four things here.

Modules are imported inside the functions, because plugins are looked at long before they are used.
"""

from __future__ import annotations

from localstack.runtime import hooks
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.plugins import Service, aws_provider


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """Chosen by LAMBDA_RUNTIME_EXECUTOR=process."""

    name = "process"

    def load(self, *_args: object, **_kwargs: object) -> type:
        from host_mode.executor import ProcessExecutor

        return ProcessExecutor


@aws_provider(api="dynamodb", name="moto")
def dynamodb_on_moto() -> Service:
    """Chosen by PROVIDER_OVERRIDE_DYNAMODB=moto."""
    from host_mode.dynamodb import service

    return service()


@hooks.on_infra_start()
def apply_amendments() -> None:
    from host_mode.amendments import apply

    apply()


@hooks.on_infra_start()
def watch_parent() -> None:
    from host_mode.parent import end_with_parent

    end_with_parent()
