"""Publishes the layer's zip as a new layer version and prints its ARN, with boto3: region and credentials are AWS's own.

Roles and permissions stay as they are: only the account itself may use the new version.
"""

import argparse
from pathlib import Path

import boto3

ARCHITECTURES = ("x86_64", "arm64")
# Those that the layer is tested on.
PYTHONS = ("python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zip", type=Path, required=True, help="what `make layer` packed")
    parser.add_argument("--architecture", choices=ARCHITECTURES, required=True)
    parser.add_argument("--name", default="unum-streaming", help="the layer's name in the account")
    arguments = parser.parse_args()
    if not arguments.zip.is_file():
        raise SystemExit(f"{arguments.zip} is not there: make layer ARCH={arguments.architecture}")
    print(publish(arguments.zip, arguments.architecture, arguments.name))


def publish(path, architecture, name):
    """The ARN of the new version."""
    version = boto3.client("lambda").publish_layer_version(
        LayerName=name,
        Description="Partial parameter streaming",
        LicenseInfo="Apache-2.0",
        CompatibleRuntimes=[*PYTHONS, "provided.al2023"],
        CompatibleArchitectures=[architecture],
        Content={"ZipFile": path.read_bytes()},
    )
    return version["LayerVersionArn"]


if __name__ == "__main__":
    main()
