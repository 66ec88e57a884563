"""The Dockerfiles of docs/containers: what they lay out is laid out in a folder, and started as the image would be."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

import one_invocation

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "containers"
# What AWS's images set: the folders' places in them.
IMAGE = {"LAMBDA_TASK_ROOT": "/var/task", "LAMBDA_RUNTIME_DIR": "/var/runtime"}
HANDLER = "def lambda_handler(event, context):\n    return {'n': event['n'] + 1}\n"


class Image:
    """The files and settings of an image, under `root` instead of `/`."""

    def __init__(self, root: Path, context: Path) -> None:
        self.root = root
        self._context = context
        self.base = ""
        self.variables = dict(IMAGE)
        self.installed: list[str] = []
        self.command: list[str] = []
        for folder in ("opt", "var/task", "var/runtime"):
            (root / folder).mkdir(parents=True)

    def follow(self, dockerfile: Path) -> Image:
        for instruction, rest in instructions(dockerfile):
            getattr(self, f"_{instruction.lower()}")(self._filled_in(rest))
        return self

    def _filled_in(self, text: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda match: self.variables[match[1]], text)

    def _from(self, base: str) -> None:
        self.base = base

    def _env(self, setting: str) -> None:
        name, _, value = setting.partition("=")
        self.variables[name] = value

    def _copy(self, paths: str) -> None:
        source, target = paths.split()
        shutil.copytree(self._context / source, self.place(target), dirs_exist_ok=True)

    def _run(self, command: str) -> None:
        match command.split():
            case ["dnf", "install", "-y", *packages, "&&", "dnf", "clean", "all"]:
                self.installed += packages
            case ["ln", "-s", target, name]:
                self.place(name).symlink_to(self.place(target))
            case _:
                raise AssertionError(f"no test knows what this does: RUN {command}")

    def _cmd(self, words: str) -> None:
        self.command = json.loads(words)

    def place(self, path: str) -> Path:
        return self.root / path.lstrip("/")


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", dockerfile.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


@pytest.fixture
def image(tmp_path: Path, layer_folder: Path) -> Image:
    context = tmp_path / "context"
    shutil.copytree(layer_folder, context / "layer")
    (context / "src").mkdir()
    (context / "src" / "app.py").write_text(HANDLER)
    return Image(tmp_path / "root", context)


def answer_of(image: Image, command: list[str | Path], **variables: str) -> object:
    """What the function in the image answers; the image's paths are those under its root."""
    settings = {
        "PATH": "/usr/bin:/bin",
        "AWS_REGION": "us-east-1",
        # The entry point of AWS's images takes it from CMD.
        "_HANDLER": image.command[0],
        "LAMBDA_TASK_ROOT": str(image.place(image.variables["LAMBDA_TASK_ROOT"])),
    }
    kind, body = one_invocation.answer(command, settings | variables, {"n": 1})
    assert kind == "response", body
    return json.loads(body)


def test_in_the_image_without_a_language_the_layer_is_the_runtime(image: Image) -> None:
    image.follow(FOLDER / "provided.Dockerfile")
    assert image.base == "public.ecr.aws/lambda/provided:al2023"
    assert [f"/usr/bin/{package}" for package in image.installed] == [image.variables["UNUM_PYTHON"]]
    started = image.place(image.variables["LAMBDA_RUNTIME_DIR"]) / "bootstrap"
    assert answer_of(image, [started], UNUM_PYTHON=sys.executable) == {"n": 2}


def test_in_the_python_image_the_layer_wraps_the_runtime(image: Image) -> None:
    image.follow(FOLDER / "python.Dockerfile")
    assert re.fullmatch(r"public\.ecr\.aws/lambda/python:3\.\d+", image.base)
    wrapper = image.place(image.variables["AWS_LAMBDA_EXEC_WRAPPER"])
    assert answer_of(image, [wrapper, sys.executable, "/var/runtime/bootstrap.py"]) == {"n": 2}
