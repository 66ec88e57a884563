"""What this machine must have before anything is installed. Each check names what is missing, in one line."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import interpreters
from interpreters import Interpreter

sys.path.insert(0, str(Path(__file__).parent / "localstack"))
from host_mode.processes import unshare_command  # noqa: E402

# LocalStack 4.7.0 was tried on each of these.
SUPPORTED = ("3.11", "3.12", "3.13")


class Missing(SystemExit):
    def __init__(self, what: str) -> None:
        super().__init__(f"tests: {what}")


def base_interpreter() -> Path:
    """The interpreter to build on: the one that runs this if it can be used, else another of this machine."""
    running = "{}.{}".format(*sys.version_info[:2])
    if running in SUPPORTED:
        return Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    found: list[Interpreter | None] = [interpreters.find(version) for version in reversed(SUPPORTED)]
    for interpreter in found:
        if interpreter:
            return interpreter.executable
    supported = ", ".join(SUPPORTED)
    raise Missing(
        f"LocalStack 4.7.0 needs one of Python {supported}; this is {running} and none of them was found"
    )


def check_venv(python: Path) -> None:
    modules = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True)
    if modules.returncode != 0:
        raise Missing(
            f"{python} cannot create virtual environments; on Debian: apt install {python.name}-venv"
        )


def check_namespaces() -> None:
    """Host mode gives each function a mount namespace of its own, so let us try that."""
    for tool in ("sh", "mount", "unshare"):
        if shutil.which(tool) is None:
            raise Missing(f"`{tool}` was not found; on Debian: apt install util-linux mount dash")
    with tempfile.TemporaryDirectory() as folder:
        command = [*unshare_command(), "mount", "--bind", folder, folder]
        attempt = subprocess.run(command, capture_output=True, text=True)
    if attempt.returncode != 0:
        raise Missing(
            f"no mount namespace ({attempt.stderr.strip()}): run as root, or allow "
            "unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
            "on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0)"
        )
