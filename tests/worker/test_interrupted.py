"""Frames, publishes and waits that a signal handler interrupts, anywhere. The cases are in tables/interrupted.py."""

import pytest

from runners import PYTHONS, table


@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_nothing_is_lost_or_sent_twice_wherever_a_signal_handler_comes(python):
    found = table(python, "interrupted.py")
    assert len(found) == 7
    for case, interruptions in found.items():
        assert interruptions["wrong"] == [] and interruptions["places"] > 100, case
