"""Whether an edited text is the original with pieces put in, line by line."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path


def complaint(original: str, edited: str) -> str | None:
    before, after = lines_of(original), lines_of(edited)
    if len(before) != len(after):
        return f"{len(before)} lines became {len(after)}"
    for number, (line, other) in enumerate(zip(before, after, strict=True), start=1):
        if line != other and not is_subsequence(line, other):
            return f"line {number}: {line!r} became {other!r}"
    return None


def lines_of(text: str) -> list[str]:
    """As Python counts them, with their ends."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n|$)", text)


def is_subsequence(line: str, other: str) -> bool:
    rest = iter(other)
    return all(char in rest for char in line)


def text_of(path: str) -> str:
    """As Python decodes it, without a byte order mark, every line with the end that it has."""
    source = Path(path).read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)
