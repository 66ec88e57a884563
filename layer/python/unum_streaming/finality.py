"""Whether a value is final: whether nobody can change it any more.

It is when it is immutable all the way down, or when nothing but the handler's own local variable refers to it, and
nothing but its container to any container inside it. CPython counts references, so this is a fact and not an estimate;
where the counts are not what they must be, only immutable values are final.
"""

import sys
from sys import getrefcount

# Since then what a caller's variable holds is given to the frame that it calls without a reference of its own
# (`InternalDocs/stackrefs.md` of CPython), and so to the variables that are set to it there.
BORROWS = sys.version_info >= (3, 14)
SCALARS = frozenset((str, int, float, bool, type(None)))
MAX_DEPTH = 50

# References to a container that is nobody else's, seen through `getrefcount(box[0])`: the handler's variable, the
# one-element tuple, the argument. Without a variable it is one less; inside its container, one and the argument.
IN_VARIABLE, IN_BOX, IN_CONTAINER = 3, 2, 2


def is_immutable(value, depth=0):
    """Whether nobody can change `value`, whoever refers to it."""
    kind = type(value)
    if kind in SCALARS:
        return True
    if kind is tuple:
        if SCALARS.issuperset(map(type, value)):
            return True
        return depth < MAX_DEPTH and all(is_immutable(item, depth + 1) for item in value)
    return _is_decimal(kind) and not {"E", "e"}.intersection(str(value))  # which of them, a context decides


def owns_all(container, depth=0):
    """Whether every container inside `container`, an exact dict, list or tuple, is referenced by its parent alone."""
    kind = type(container)
    if kind is dict:
        if not SCALARS.issuperset(map(type, container)):
            return False
        values = container.values()
    elif kind is list or kind is tuple:
        values = container
    else:
        return False
    if SCALARS.issuperset(map(type, values)):
        return True
    if depth == MAX_DEPTH:
        return False
    # The counts are taken in C, by the iterator before this one: no variable of ours refers to the value then.
    for count, value in zip(map(getrefcount, values), values):
        kind = type(value)
        if kind in SCALARS or kind is not list and kind is not dict and is_immutable(value):
            continue
        if count != IN_CONTAINER or not owns_all(value, depth + 1):
            return False
    return True


def is_held_by_callers(value, frame, last):
    """Whether a variable of the frames that have called this one, up to `last`, holds `value`."""
    while frame is not last:
        frame = frame.f_back
        if any(held is value for held in frame.f_locals.values()):
            return True
    return False


def _is_decimal(kind):
    decimal = sys.modules.get("decimal")
    return decimal is not None and kind is getattr(decimal, "Decimal", None)


class _Probe:
    """Counts as the publisher does, called as a transformed handler calls it."""

    def publish(self, *pairs):
        return getrefcount(pairs[1][0])


def _variable(probe):
    x = {}
    return probe.publish("x", (x,))


def _shared(probe):
    x = {}
    y = x
    return probe.publish("x", (x,)), y


def _fresh(probe):
    return probe.publish("x", ({},))


def _yes():
    return True


def counts_are_reliable():
    if not getattr(sys, "_is_gil_enabled", _yes)():
        return False  # free-threaded builds count in two places
    probe = _Probe()
    lone, twin = [{}], {}
    parents = ([twin, twin], {"a": {}})
    return (
        (_variable(probe), _shared(probe)[0], _fresh(probe)) == (IN_VARIABLE, IN_VARIABLE + 1, IN_BOX)
        and owns_all(lone)
        and owns_all(parents[1])
        and not owns_all(parents[0])
    )
