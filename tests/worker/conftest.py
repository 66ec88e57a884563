"""Every interpreter found here runs every test."""

import pytest

from runners import PYTHONS


@pytest.fixture(scope="session", params=PYTHONS.values(), ids=PYTHONS)
def python(request):
    return request.param
