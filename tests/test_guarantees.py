"""docs/guarantees.md: every statement names the tests that show it, and those exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "guarantees.md").read_text()
SOURCES = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "bootstrap" / "src").rglob("*.rs")]


def test_every_statement_names_its_test() -> None:
    statements = re.findall(r"^- (.+?)(?=^\S|^$)", PAGE, re.MULTILINE | re.DOTALL)
    assert len(statements) >= 15
    assert [statement for statement in statements if not re.search(r"\[`\w+`[^\]]*\]\s*$", statement)] == []


def test_every_named_test_exists() -> None:
    named = {
        name for names in re.findall(r"\[(`\w+`(?:,\s+`\w+`)*)\]", PAGE) for name in re.findall(r"\w+", names)
    }
    defined = {
        name
        for source in SOURCES
        for name in re.findall(r"^\s*(?:async )?(?:def|fn) (\w+)", source.read_text(), re.M)
    }
    assert named and named - defined == set()
