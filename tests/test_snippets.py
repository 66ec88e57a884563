"""The snippets of docs/attach.md say the same, each in its own language. `make snippets` runs their tools."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
FILES = sorted(file for file in (DOCS / "snippets").rglob("*") if file.is_file())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_each_sets_all_and_grants_no_more(file: Path) -> None:
    text = file.read_text()
    assert set(re.findall(r"\b(?:UNUM|AWS_LAMBDA)_[A-Z_]+\b", text)) == {
        "AWS_LAMBDA_EXEC_WRAPPER",
        "UNUM_TABLE",
        "UNUM_NEXT",
        "UNUM_ENTRY",
    }
    assert sorted(re.findall(r"\bdynamodb:\w+", text)) == [
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Query",
    ]
    assert len(re.findall(r"lambda:InvokeFunction|grant_?[iI]nvoke", text)) == 1
    assert len(re.findall(r"\bexpires_at\b", text)) == 1


def test_the_page_names_each() -> None:
    page = (DOCS / "attach.md").read_text()
    paths = [str(file.relative_to(DOCS)) for file in FILES]
    assert [path for path in paths if f"({path})" not in page] == []
