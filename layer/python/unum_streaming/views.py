"""Views of an event whose fields may still be on their way, and the iterators of it: each waits where a value is needed."""

from _collections_abc import ItemsView, KeysView, ValuesView
from itertools import chain

from .errors import StreamingError
from .pending import PendingField


class _ItemIterator:
    """Through the items in turn: a value is waited for when it is reached. What other threads add or delete during a wait, as they
    could not while a list is made of a dict's items, does not end it: it goes on through the items of before."""

    __slots__ = ("_event", "_in_order", "_items", "_all", "_at")

    def __init__(self, event, in_order=iter):
        self._event = event
        self._in_order = in_order
        self._items = in_order(dict.items(event))
        self._all = None
        self._at = 0

    def __iter__(self):
        return self

    def __length_hint__(self):
        # Of a dict that has another size now nothing is left to an iterator.
        if self._items.__length_hint__():
            self._begin_list()
        return self._items.__length_hint__()

    def __next__(self):
        key, value = next(self._items)
        self._at += 1
        return key, self._wait(key, value) if type(value) is PendingField else value

    def _begin_list(self):
        """A list is about to be made of it: of what is there now, if nothing was taken before."""
        if self._at == 0 and self._all is None:
            self._items = iter(self._take_all())

    def _take_all(self):
        if self._all is None:
            self._all = list(self._in_order(list(dict.items(self._event))))
        return self._all

    def _wait(self, key, place):
        event, rest = self._event, self._take_all()
        size = dict.__len__(event)
        value = event._value(key, place)
        if dict.__len__(event) != size:
            self._items = iter(rest[self._at :])
        return value


class _ValueIterator(_ItemIterator):
    __slots__ = ()

    def __next__(self):
        return _ItemIterator.__next__(self)[1]


class _KeyIterator:
    """Who asks at once how many there are is about to list them and to read the value of each, as `dict(event)` and `{**event}`
    do. What is waited for in between, another thread may delete: so it is waited for now.

    `__next__` is a method of a C iterator's: with it, `dict(event)` runs no Python code from its first key to its last value, so
    that no other thread does, either.
    """

    __slots__ = ("_event", "_size", "_keys", "_listed", "__next__")

    def __init__(self, event):
        self._event = event
        self._size = dict.__len__(event)
        self._keys = dict.__iter__(event)
        self._listed = None
        self.__next__ = self._keys.__next__

    def __iter__(self):
        return self

    def __length_hint__(self):
        if self._is_new():
            try:
                self._event._settle()
            except StreamingError:
                pass  # who reads it learns why
            self._list()
        return dict.__len__(self._event) if self._listed == [] else self._keys.__length_hint__()

    def _begin_list(self):
        if self._is_new():
            self._list()

    def _is_new(self):
        return self._listed is None and self._keys.__length_hint__() == self._size > 0

    def _list(self):
        """Goes through a list from now on, which is made when the first key is asked for."""
        self._listed = keys = []
        self._keys = iter(keys)
        nothing = filter(None, map(keys.extend, (dict.keys(self._event),)))
        self.__next__ = chain(nothing, self._keys).__next__


class _View:
    """A list that is made of a view asks it for an iterator, and then for its length."""

    __slots__ = ()

    def __init__(self, event):
        self._mapping = event
        self._latest = None

    def __iter__(self):
        self._latest = iterator = self._iterator(self._mapping)
        return iterator

    def __len__(self):
        latest, self._latest = self._latest, None
        if latest is not None:
            latest._begin_list()
        return dict.__len__(self._mapping)


class Keys(_View, KeysView):
    __slots__ = ("_latest",)
    _iterator = _KeyIterator

    def __reversed__(self):
        return reversed(self._of_dict())

    def __repr__(self):
        return repr(self._of_dict())

    def _of_dict(self):
        return dict.keys(self._mapping)


class Items(_View, ItemsView):
    __slots__ = ("_latest",)
    _iterator = _ItemIterator

    def __contains__(self, item):
        if not isinstance(item, tuple) or len(item) != 2:
            return False
        value = self._mapping.get(item[0], _ABSENT)
        return value is not _ABSENT and (value is item[1] or value == item[1])

    def __reversed__(self):
        return _ItemIterator(self._mapping, reversed)

    def __repr__(self):
        return repr(self._of_dict())

    def _of_dict(self):
        self._mapping._settle()
        return dict.items(self._mapping)


_ABSENT = object()


def _as_of_dict(name):
    """As the views of a dict do it, which take less for hashable than sets do."""

    def method(self, other):
        other = other._of_dict() if type(other) in (Keys, Items) else other
        return getattr(self._of_dict(), name)(other)

    return method


for _class in (Keys, Items):
    for _name in "and rand or ror sub rsub xor rxor eq ne lt le gt ge".split():
        setattr(_class, f"__{_name}__", _as_of_dict(f"__{_name}__"))
    _class.isdisjoint = _as_of_dict("isdisjoint")


class Values(_View, ValuesView):
    __slots__ = ("_latest",)
    _iterator = _ValueIterator

    def __contains__(self, value):
        values = _ValueIterator(self._mapping)
        values._begin_list()
        for found in values:
            if found is value or found == value:
                return True
        return False

    def __reversed__(self):
        return _ValueIterator(self._mapping, reversed)

    def __repr__(self):
        self._mapping._settle()
        return repr(dict.values(self._mapping))


if hasattr({}.keys(), "mapping"):  # from Python 3.10 on
    for _class in (Keys, Items, Values):
        _class.mapping = property(lambda self: dict.keys(self._mapping).mapping)

# The names that programs see.
for _class, _name in (
    (Keys, "dict_keys"),
    (Items, "dict_items"),
    (Values, "dict_values"),
    (_KeyIterator, "dict_keyiterator"),
    (_ItemIterator, "dict_itemiterator"),
    (_ValueIterator, "dict_valueiterator"),
):
    _class.__name__ = _class.__qualname__ = _name
