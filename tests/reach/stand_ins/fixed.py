"""Time, chance and identifiers that are the same in every run. Loaded before the handler; Python 3.9."""

import datetime
import itertools
import random
import time
import uuid

START_S = 1_717_200_000.0  # 2024-06-01T00:00:00Z
STEP_S = 0.004

_ticks = itertools.count()
_slept = [0.0]
_RealDatetime = datetime.datetime


def _elapsed():
    return next(_ticks) * STEP_S + _slept[0]


def _sleep(seconds):
    _slept[0] += seconds


class _Datetime(_RealDatetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(START_S + _elapsed(), tz)

    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(START_S + _elapsed(), datetime.timezone.utc).replace(tzinfo=None)


_identifiers = itertools.count(1)


def _stands_for(module, **replacements):
    """Nothing goes ahead where a function of the standard library is replaced: these are to look as if they were its own."""
    for name, function in replacements.items():
        function.__code__ = function.__code__.replace(co_filename=uuid.__file__, co_name=name)
        setattr(module, name, function)


_Datetime.__module__, _Datetime.__name__, _Datetime.__qualname__ = "datetime", "datetime", "datetime"
datetime.datetime = _Datetime
_stands_for(
    time,
    time=lambda: START_S + _elapsed(),
    perf_counter=lambda: _elapsed(),
    monotonic=lambda: _elapsed(),
    perf_counter_ns=lambda: int(_elapsed() * 1e9),
    sleep=_sleep,
)
_stands_for(
    uuid,
    uuid4=lambda: uuid.UUID(int=next(_identifiers) << 64 | 0x4000_8000_0000_0000_0000, version=4),
)
random.seed(20240601)
