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
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=2000",
)
CHAINS = (
    "FunctionA → FunctionB",
    "Generator → Processor → Analyzer",
    "Generator → Processor → Analyzer → Reporter",
)


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
    shown = subprocess.run(
        [chromium, *OPTIONS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", page.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return shown.stdout


def sections(dom: str) -> list[str]:
    return dom.split("<section ")[1:]


def drawing(section: str) -> str:
    return section.split('class="scroll drawing"')[1].split("<template")[0]


def test_each_chain_has_a_section_that_the_contents_lead_to(dom: str) -> None:
    headings = [re.search(r"<h2>(.*?)</h2>", section)[1] for section in sections(dom)]
    assert headings == list(CHAINS)
    ids = [re.search(r'id="([\w-]+)"', section)[1] for section in sections(dom)]
    assert re.findall(r'<a href="#([\w-]+)">', dom) == ids


def test_the_newest_session_of_each_chain_is_drawn(dom: str) -> None:
    for section, chain in zip(sections(dom), CHAINS, strict=True):
        assert drawing(section).count("<svg") == 1
        for function in chain.split(" → "):
            assert f">{function}</text>" in drawing(section)
    assert "session 3e1c26d3" in drawing(sections(dom)[0])


def test_each_shape_says_what_it_is_about_to_the_pointer_and_the_keyboard(dom: str) -> None:
    for section in sections(dom):
        shapes = re.findall(r"<[^>]* data-about=[^>]*>", drawing(section))
        assert len(shapes) > 10
        assert all('tabindex="0"' in shape and "aria-label=" in shape for shape in shapes)
        assert any("published at" in shape for shape in shapes)


def test_the_other_sessions_wait(dom: str) -> None:
    for section, sessions in zip(sections(dom), (2, 1, 1), strict=True):
        assert section.count("<template id=") == section.count("<option value=") == sessions
