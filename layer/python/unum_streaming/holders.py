"""Who holds a value that more than one variable leads to. Loaded when that is asked for the first time."""

from sys import getrefcount

from .finality import IN_CONTAINER, SCALARS, is_immutable

CONTAINERS = frozenset((dict, list, tuple))
# What is looked at for one value: each takes about as long as it would to encode it.
MOST_CONTAINERS = 100_000


def owned_beside(box, held):
    """Whether nothing refers to a container in `box[0]` but that value itself, one variable, and what `held` holds, each of
    it by one variable, too. `held` is emptied.

    As a garbage collector does it: the references are counted that come from here. What is referred to more often, others
    can get at, and at all that it holds.
    """
    if type(box[0]) not in CONTAINERS:
        return False
    found, containers = {}, []
    for root in (box[0], *held):
        _refer(found, root)
    root = None
    if not _collect([box[0]], found, containers, True):
        return False
    own = set(map(id, containers))
    if not _collect(held, found, containers, False):
        return False
    # The counts are taken in C, as in `owns_all`: no variable of ours refers to a container then.
    counts = list(map(getrefcount, containers))
    counts[0] -= 1  # the box
    shared = [one for one, count in zip(containers, counts) if count - IN_CONTAINER != found[id(one)]]
    reached = set()
    while shared:
        one = shared.pop()
        if id(one) in own:
            return False
        if id(one) not in reached:
            reached.add(id(one))
            shared.extend(_inside(one))
    return True


def _refer(found, container):
    found[id(container)] = found.get(id(container), 0) + 1


def _collect(todo, found, containers, is_value):
    """Adds what can be reached to `containers`, and to `found` how often it is referred to; empties `todo`. False if that is
    too much, or if a value holds what JSON cannot."""
    seen = set(map(id, containers))
    while todo:
        container = todo.pop()
        if id(container) in seen:
            continue
        seen.add(id(container))
        containers.append(container)
        if len(containers) > MOST_CONTAINERS or is_value and not _is_plain(container):
            return False
        for inner in _inside(container):
            _refer(found, inner)
            todo.append(inner)
    return True


def _inside(container):
    """The containers in it that can change."""
    values = container.values() if type(container) is dict else container
    if SCALARS.issuperset(map(type, values)):
        return []
    return [value for value in values if type(value) in CONTAINERS and not is_immutable(value)]


def _is_plain(container):
    if type(container) is dict:
        if not SCALARS.issuperset(map(type, container)):
            return False
        container = container.values()
    return all(type(value) in CONTAINERS or is_immutable(value) for value in container)
