"""docs/guarantees.md and docs/threat-model.md name the tests that show what they say, and those exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUARANTEES, THREATS = ((ROOT / "docs" / f"{name}.md").read_text() for name in ("guarantees", "threat-model"))
SOURCES = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "bootstrap" / "src").rglob("*.rs")]


def test_every_statement_names_its_test() -> None:
    statements = re.findall(r"^- (.+?)(?=^\S|^$)", GUARANTEES, re.MULTILINE | re.DOTALL)
    assert len(statements) >= 15
    assert [statement for statement in statements if not re.search(r"\[`\w+`[^\]]*\]\s*$", statement)] == []


@pytest.mark.parametrize("page", [GUARANTEES, THREATS], ids=["guarantees", "threats"])
def test_every_named_test_exists(page: str) -> None:
    named = {
        name for names in re.findall(r"\[(`\w+`(?:,\s+`\w+`)*)\]", page) for name in re.findall(r"\w+", names)
    }
    defined = {
        name
        for source in SOURCES
        for name in re.findall(r"^\s*(?:async )?(?:def|fn) (\w+)", source.read_text(), re.M)
    }
    assert named and named - defined == set()
