"""Events and results byte for byte as awslambdaric: one table through both. The values are in tables/encoding.py."""

import re

import pytest

from runners import reference_packages, table

ADDRESS = re.compile(r"0x[0-9a-f]+")


@pytest.mark.parametrize("escapes", ["ascii", "unicode"])
def test_encodes_as_the_reference(python, escapes):
    ours = table(python, "encoding.py", "ours", escapes)["encode"]
    theirs = table(python, "encoding.py", "reference", escapes, reference_packages())["encode"]
    assert len(ours) >= 150
    assert len(ours) == len(theirs)
    for our_text, their_text in zip(ours, theirs):
        assert ADDRESS.sub("", our_text) == ADDRESS.sub("", their_text)


def test_decodes_as_the_reference(python):
    ours = table(python, "encoding.py", "ours", "ascii")["decode"]
    theirs = table(python, "encoding.py", "reference", "ascii", reference_packages())["decode"]
    assert len(ours) >= 150
    for (text, our_outcome), (_, their_outcome) in zip(ours, theirs):
        assert our_outcome == their_outcome, text
