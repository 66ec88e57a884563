"""A sample of real modules, the same each time: nothing to complain of, and enough that is edited to mean it."""

import pytest
from modules import find_all

from corpus import run_all

FILES = 300
SEED = 1


@pytest.fixture(scope="module")
def findings():
    found = find_all()
    found = run_all([one.sample(FILES // len(found), SEED) for one in found])
    found.show()
    return found


def test_there_is_nothing_to_complain_of(findings):
    assert not findings.complaints


def test_many_are_edited(findings):
    assert findings.edited >= FILES / 3


def test_nearly_all_can_be_analysed(findings):
    assert findings.unreadable.total() <= (findings.handlers + findings.grown) / 100
