"""Defines what the transformer's fixtures call without saying what it is. Python 3.8."""

import builtins
import sys
import types

_count = 0


def _told(name, make):
    """Says on stdout when it runs, so that the order of evaluation shows."""

    def stand_in(*args, **kwargs):
        global _count
        _count += 1
        print(name, args, sorted(kwargs))
        return make(_count)

    return stand_in


def _boom(*args):
    if _said_so():
        raise ValueError("boom")
    return [_count]


def _said_so():
    global _count
    _count += 1
    return _count % 2 == 0


for _name, _make in {
    "compute": lambda n: {"total": n},
    "compute_entropy_features": lambda n: {"entropy": [n, 0.5]},
    "compute_statistical_features": lambda n: {"mean": n, "parts": [[n], {"deep": [n]}]},
    "compute_temporal_features": lambda n: [n, [n + 1]],
    "f": lambda n: [n, [n]],
    "g": lambda n: {"g": [n], "é": None},
    "h": lambda n: (n, [n]),
    "helper": lambda n: [n],
    "i": lambda n: n,
    "k": lambda n: n,
    "key": lambda n: "key",
    "late": lambda n: "late",
    "m": lambda n: {"m": n},
}.items():
    setattr(builtins, _name, _told(_name, _make))
builtins.boom = _boom
builtins.wrap = builtins.retry = lambda function: function

parts = types.ModuleType("parts")
for _name in ("head", "body", "pair", "tail"):
    setattr(parts, _name, _told(_name, lambda n: [n, {"n": n}]))
sys.modules["parts"] = parts
