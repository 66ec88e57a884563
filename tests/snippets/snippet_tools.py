"""The tools that the snippets are for: CDK, the Serverless Framework, a parser of HCL. Installed once, in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import environment

HERE = Path(__file__).resolve().parent


def ensure() -> Path:
    """A folder with `venv` and `node_modules`."""
    wanted = b"".join((HERE / name).read_bytes() for name in ("requirements.txt", "package.json"))
    env = environment.ensure([])
    folder = env.root / f"snippets-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (folder / environment.STAMP).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(HERE / "package.json", folder)
        run("npm", "install", "--no-audit", "--no-fund", "--silent", folder=folder)
        run(env.python, "-m", "venv", folder / "venv", folder=folder)
        pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps"]
        run(*pip, "--requirement", HERE / "requirements.txt", folder=folder)
        (folder / environment.STAMP).touch()
    return folder


def run(*command: str | Path, folder: Path, **variables: str) -> str:
    """What the command printed. It sees no AWS account."""
    settings = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    finished = subprocess.run(
        command, cwd=folder, env=os.environ | settings | variables, capture_output=True, text=True
    )
    assert finished.returncode == 0, f"{command[0]}:\n{finished.stdout}{finished.stderr}"
    return finished.stdout
