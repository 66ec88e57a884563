"""`unum-streaming timeline --html` in a browser: Chromium, headless. `make page` runs it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "cli" / "tests" / "records"
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, f"there is none of {', '.join(NAMES)} on PATH: apt-get install chromium"
    return found


@pytest.fixture(scope="module")
def dom(chromium: str, command_line: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page as the browser has it, once its script has run."""
    folder = tmp_path_factory.mktemp("page")
    page = folder / "page.html"
    logs = [RECORDS / f"{name}.log" for name in ("two-sessions", "raised", "pipeline-on")]
    subprocess.run([command_line, "timeline", "--html", page, *logs], check=True, capture_output=True)
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    shown = subprocess.run(
        [chromium, *options, "--virtual-time-budget=2000", "--dump-dom", page.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return shown.stdout


def test_the_newest_session_is_drawn(dom: str) -> None:
    drawing = dom.split('id="drawing"')[1].split("<template")[0]
    assert "<svg" in drawing and 'class="bar"' in drawing


def test_each_shape_says_what_it_is_about_to_the_pointer_and_the_keyboard(dom: str) -> None:
    drawing = dom.split('id="drawing"')[1].split("<template")[0]
    shapes = re.findall(r"<[^>]* data-about=[^>]*>", drawing)
    assert len(shapes) > 10
    assert all('tabindex="0"' in shape and "aria-label=" in shape for shape in shapes)
    assert any("published at" in shape for shape in shapes)


def test_the_other_sessions_wait(dom: str) -> None:
    assert dom.count("<template id=") == dom.count("<option value=") == 4
