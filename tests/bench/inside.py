"""What is not measured through processes: how long a transformation takes, and how large the layer is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "layer"))

import package  # noqa: E402

BENCHMARK = "handler of lines/300"
PARSER = "handler of lines/parser alone/300"


def measure_transform() -> dict[str, Any]:
    """Milliseconds for a handler of 300 lines, by criterion, with the bounds of its confidence interval; the parser's alone."""
    command = ["cargo", "bench", "--package", "unum-transformer", "--locked", "--bench", "transform"]
    subprocess.run([*command, "--", f"^({BENCHMARK}|{PARSER})$"], cwd=ROOT, check=True, stdout=sys.stderr)
    median = _median(BENCHMARK)
    interval = median["confidence_interval"]
    return {
        "ms": median["point_estimate"] / 1e6,
        "low_ms": interval["lower_bound"] / 1e6,
        "high_ms": interval["upper_bound"] / 1e6,
        "parser_ms": _median(PARSER)["point_estimate"] / 1e6,
    }


def _median(benchmark: str) -> dict[str, Any]:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return json.loads((target / "criterion" / benchmark / "new" / "estimates.json").read_text())["median"]


def measure_layer(layer: Path) -> dict[str, int]:
    """Bytes of the layer as a zip and as files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "layer.zip")
        package.pack(layer, path)
        files = [file for file in layer.rglob("*") if file.is_file()]
        return {"zip": path.stat().st_size, "files": sum(file.stat().st_size for file in files)}
