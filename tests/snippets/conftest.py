from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import snippet_tools
from examples import ROOT as TEMPLATES

SNIPPETS = Path(__file__).resolve().parents[2] / "docs" / "snippets"


@pytest.fixture(scope="session")
def tools() -> Path:
    return snippet_tools.ensure()


@pytest.fixture
def snippet(tmp_path: Path, layer_folder: Path) -> Callable[[str], Path]:
    """The folder of a snippet, with the layer's zip and the functions' code beside it."""

    def lay_out(name: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(SNIPPETS / name, folder)
        shutil.copytree(TEMPLATES / "quickstart" / "src", folder / "src")
        shutil.make_archive(str(folder / "unum-streaming-layer-x86_64"), "zip", layer_folder)
        return folder

    return lay_out
