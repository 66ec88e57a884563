"""Deploys the project's SAM templates with the stock `sam` command, and deletes them again."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3

from functions import unique_name

ROOT = Path(__file__).resolve().parents[1]


def lay_out(folder: Path, template: str, layer: Path) -> Path:
    """A copy of a template beside a layer: it names the layer by a path, so both go into one folder."""
    copy = folder / "sam-templates" / template
    shutil.copytree(ROOT / "sam-templates" / template, copy)
    shutil.copytree(layer, folder / "dist" / "layer", dirs_exist_ok=True)
    return copy / "template.yaml"


def built(template: Path, bootstrap: Path, parameters: Mapping[str, Any]) -> Path:
    """The template that `sam build` makes of it: with the layer that the Makefile makes, here of a ready binary."""
    for source in ("Makefile", "layer"):
        (template.parents[2] / source).symlink_to(ROOT / source)
    out = template.parent / ".aws-sam" / "build"
    sam(
        "build",
        *("--template-file", template, "--base-dir", template.parent),
        *("--build-dir", out, "--cache-dir", template.parent / ".aws-sam" / "cache"),
        *("--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())),
        BOOTSTRAP=str(bootstrap),
    )
    return out / "template.yaml"


@contextlib.contextmanager
def deployed(
    template: Path, name: str, parameters: Mapping[str, Any], delete: bool = True
) -> Iterator[dict[str, str]]:
    """The stack's outputs, for as long as it stands. Without `delete` it goes with the LocalStack that it is on."""
    s3 = boto3.client("s3")
    bucket = unique_name()
    s3.create_bucket(Bucket=bucket)
    try:
        sam(
            "deploy",
            *("--template-file", template),
            *("--stack-name", name),
            *("--s3-bucket", bucket),
            *("--capabilities", "CAPABILITY_IAM"),
            *("--no-confirm-changeset", "--no-progressbar"),
            *("--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())),
        )
        stack = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        yield {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    finally:
        if delete:
            sam("delete", "--stack-name", name, "--s3-bucket", bucket, "--no-prompts")
            boto3.resource("s3").Bucket(bucket).objects.delete()
            s3.delete_bucket(Bucket=bucket)


def sam(*arguments: Any, **variables: str) -> str:
    command = ["sam", *map(str, arguments)]
    finished = subprocess.run(command, capture_output=True, text=True, env=os.environ | variables)
    if finished.returncode:
        raise RuntimeError(f"sam {arguments[0]} failed:\n{finished.stdout}{finished.stderr}")
    return finished.stdout
