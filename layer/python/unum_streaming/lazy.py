"""The event whose fields may still be on their way: a dict that waits for a field where a program needs its value."""

import _operator
import _signal
import os
import sys
from _collections_abc import ItemsView, ValuesView

from . import encoding, importer
from .errors import StreamingError, StreamingSourceError, StreamingStoreError, StreamingTimeoutError

MARK = "__unum_future__"
_ERRORS = {
    "timeout": StreamingTimeoutError,
    "source_failed": StreamingSourceError,
    "store": StreamingStoreError,
}


def make_future_ref(session, key, source):
    return {MARK: True, "session": session, "key": key, "source": source}


def is_future(value):
    """Whether `value` looks like a future reference. Only the event's envelope tells whether it is one."""
    return type(value) is _Pending or isinstance(value, dict) and value.get(MARK) is True


def resolve_future(ref):
    """The value behind a future reference of the current event; waits for it."""
    from . import worker

    if type(ref) is _Pending:
        return ref._get()
    if not is_future(ref):
        raise StreamingError(f"{ref!r} is not a future reference")
    name, futures = ref.get("key"), worker.futures
    origin = (ref.get("session"), ref.get("source"))
    if futures is None or not futures.knows(name) or origin != (futures.session, futures.source):
        session, source = origin
        raise StreamingError(
            f"the event has no future for field `{name}` of `{source}` in session `{session}`"
        )
    return futures.get(name)


def read_intermediary(key):
    """The value of field `key` that the current event's source publishes; waits for it. Keys are names of fields."""
    from . import worker

    if worker.futures is None or not worker.futures.knows(key):
        raise StreamingError(f"the event has no future for field `{key}`")
    return worker.futures.get(key)


class Futures:
    """The fields of one event that were not there when it came."""

    def __init__(self, channel, names, session, source):
        self.names = dict.fromkeys(names)  # in their order, and quick to look up
        self.session = session
        self.source = source
        self.is_open = True  # until the invocation is over: then nobody answers any more
        self._channel = channel
        self._asks_again = True
        self._values = {}
        self._failures = {}
        self._unplaced = set(names)

    def load(self, names):
        """Waits until each of `names` has come or failed, asking for all at once."""
        missing = [name for name in names if name not in self._values and not self._has_failed(name)]
        if not missing:
            return
        for name, (kind, blobs) in self._channel.ask(missing, self).items():
            self._take(name, kind, blobs)

    def load_for_good(self):
        """The same for all, and nobody asks again: who reads one that has not come learns why, then."""
        self.load(self.names)
        self._asks_again = False

    def load_untried(self):
        """The same for those that were not asked for in vain."""
        self.load([name for name in self.names if name not in self._failures])

    def knows(self, name):
        return isinstance(name, str) and name in self.names

    def has(self, name):
        return name in self._values

    def place(self, name):
        """Notes that its value has been put in its place; whether those of all have been."""
        self._unplaced.discard(name)
        return not self._unplaced

    def get(self, name):
        self.load([name])
        return self.loaded(name)

    def loaded(self, name):
        if name not in self._values:
            error, message = self._failures[name]
            raise error(message)
        return self._values[name]

    def _has_failed(self, name):
        """For good: a field that did not come in time may still come, as long as it can be asked for."""
        if name not in self._failures:
            return False
        return not self._asks_again or self._failures[name][0] is not StreamingTimeoutError

    def _take(self, name, kind, blobs):
        if name in self._values or name not in self.names:
            return  # a second answer, after a wait that was interrupted
        if kind == b"X":
            error, message = (str(blob, "utf-8", "surrogatepass") for blob in blobs)
            self._fail(name, _ERRORS.get(error, StreamingError), message)
            return
        try:
            self._values[name] = encoding.decode(blobs[0])
        except ValueError as error:
            self._fail(name, StreamingStoreError, f"its value is not valid JSON: {error}")

    def _fail(self, name, error, message):
        if f"`{name}`" not in message:
            message = f"field `{name}` of `{self.source}`: {message}"
        self._failures[name] = (error, message)


class _Pending:
    """Holds a field's place in what the event stores. Whoever gets it from there, past the event's methods, can compare and show it
    as the value that it stands for, and compute with it. Where it would be taken for text, or text for a sequence, that is an
    error: compiled code that looks for one may take it for something else."""

    __slots__ = ("_name", "_futures")

    def __init__(self, name, futures):
        self._name = name
        self._futures = futures

    def _get(self):
        return self._futures.get(self._name)

    def _loaded(self):
        return self._futures.loaded(self._name)

    def _put_into(self, event, key):
        """Puts the value in its place, if it has come."""
        if self._futures.has(self._name) and dict.get(event, key) is self:
            dict.__setitem__(event, key, self._loaded())
            if self._futures.place(self._name):
                _relieve(event)

    @property
    def __class__(self):
        return type(self._get())

    def __getattr__(self, name):
        return getattr(self._get(), name)

    def __iter__(self):
        value = self._get()
        return self._refuse() if isinstance(value, str) else iter(value)

    def __getitem__(self, key):
        value = self._get()
        return self._refuse() if isinstance(value, str) else value[key]

    def _refuse(self, *_):
        raise StreamingError(
            f"field `{self._name}` of `{self._futures.source}` was taken past the methods of the event, before it was read: "
            "read it first, as in `dict(event)`, or set UNUM_WHOLE_EVENTS=always"
        )

    __str__ = __dir__ = __reduce_ex__ = _refuse


def _of_the_value(function):
    return lambda self, *others: function(self._get(), *map(_value, others))


def _value(other):
    return other._get() if type(other) is _Pending else other


def _by_the_value(function, in_place):
    """Of what can be changed in place there is to be no new one: to do so is tried after this."""

    def method(self, other):
        return NotImplemented if hasattr(type(other), in_place) else function(other, self._get())

    return method


for _name in "eq ne lt le gt ge neg pos abs invert index contains setitem delitem".split():
    setattr(_Pending, f"__{_name}__", _of_the_value(getattr(_operator, _name)))
for _name in "add sub mul truediv floordiv mod pow lshift rshift and or xor".split():
    _function = getattr(_operator, _name, None) or getattr(_operator, f"{_name}_")
    setattr(_Pending, f"__{_name}__", _of_the_value(_function))
    setattr(_Pending, f"__r{_name}__", _by_the_value(_function, f"__i{_name}__"))
    setattr(_Pending, f"__i{_name}__", _of_the_value(getattr(_operator, f"i{_name}")))
for _function in (repr, format, bool, hash, len, int, float, complex, round, reversed, divmod, pow):
    setattr(_Pending, f"__{_function.__name__}__", _of_the_value(_function))
_Pending.__rdivmod__ = _by_the_value(divmod, "")


def lazy_event(event, futures):
    """`event` with the fields that `futures` lists resolved on access."""
    lazy = LazyFutureDict(event)
    for name in futures.names:
        if name in event:
            dict.__setitem__(lazy, name, _Pending(name, futures))
    return lazy


def whole(event, futures):
    """A dict with every field, once all have come; who reads one that did not learns why."""
    futures.load_for_good()
    _put_what_has_come(event)
    return event if _is_pending(event) else dict.copy(event)


def _put_what_has_come(event):
    for key, value in list(dict.items(event)):
        if type(value) is _Pending:
            value._put_into(event, key)


class _Watch:
    """Makes the current event whole before one of `packages` runs. It stays among the finders: others may be looking through
    them when the invocation ends."""

    event = None
    packages = ()

    def find_spec(self, name, path=None, target=None):
        if self.event is None or name not in self.packages:
            return None
        spec = importer.found_by_others(self, name, path, target)
        if spec is not None:
            importer.run_with(spec.loader, before=self._make_whole)
        return spec

    def _make_whole(self):
        event = self.event
        if event is not None:
            try:
                event._settle()
            except StreamingError:
                _put_what_has_come(event)  # who reads another learns why


_watch = _Watch()


def watch(event, packages):
    """From now on this event is the one to be made whole; None ends it."""
    _watch.event, _watch.packages = event, packages
    if event is not None and _watch not in sys.meta_path:
        sys.meta_path.insert(0, _watch)


def _read_before_fork():
    """A child has no way to the bootstrap: what it may read has to be here before it is made."""
    from . import worker

    futures = worker.futures
    # What an alarm raises while this waits would be lost: Python prints it and goes on.
    if futures is not None and not any(_signal.getitimer(_signal.ITIMER_REAL)):
        try:
            futures.load_untried()
        except StreamingError:
            pass  # this is a child already


os.register_at_fork(before=_read_before_fork)


class LazyFutureDict(dict):
    """A dict in every operation; those that need the value of a field that has not come yet wait for it."""

    __slots__ = ()

    def _settle(self):
        """Waits for every field, and puts the values in place; raises the first failure, if any."""
        pending = [(key, value) for key, value in dict.items(self) if type(value) is _Pending]
        if pending:
            pending[0][1]._futures.load([value._name for _, value in pending])
        for key, place in pending:
            place._put_into(self, key)
        for _, place in pending:
            place._loaded()

    # Without this, C code copies the storage: dict(x), {**x}, f(**x), y.update(x).
    def __iter__(self):
        return dict.__iter__(self)

    def __getitem__(self, key):
        value = dict.__getitem__(self, key)
        if type(value) is not _Pending:
            return value
        place, value = value, value._get()
        place._put_into(self, key)
        return value

    def get(self, key, default=None, /):
        value = dict.get(self, key, default)
        return self[key] if type(value) is _Pending and key in self else value

    def pop(self, *key_and_default):
        if key_and_default and key_and_default[0] in self:
            self[key_and_default[0]]
        return dict.pop(self, *key_and_default)

    def popitem(self):
        for key in reversed(self):
            self[key]
            break
        return dict.popitem(self)

    def setdefault(self, key, default=None, /):
        return self[key] if key in self else dict.setdefault(self, key, default)

    def items(self):
        return _Items(self) if _is_pending(self) else dict.items(self)

    def values(self):
        return _Values(self) if _is_pending(self) else dict.values(self)

    def copy(self):
        self._settle()
        return dict.copy(self)

    __copy__ = copy

    def __deepcopy__(self, memo):
        from copy import deepcopy

        plain = memo[id(self)] = {}
        for key, value in self.copy().items():
            plain[deepcopy(key, memo)] = deepcopy(value, memo)
        return plain

    def __reduce_ex__(self, protocol):
        return dict, (self.copy(),)

    def __eq__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        return self.copy() == _plain(other)

    def __ne__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        return self.copy() != _plain(other)

    __hash__ = None

    if hasattr(dict, "__or__"):

        def __or__(self, other):
            if not isinstance(other, dict):
                return NotImplemented
            return self.copy() | _plain(other)

        def __ror__(self, other):
            if not isinstance(other, dict):
                return NotImplemented
            return _plain(other) | self.copy()


class _Settled(LazyFutureDict):
    """What the event becomes once every field is in its place: what it does for its fields is a dict's own again, and as quick."""

    __slots__ = ()

    __iter__ = dict.__iter__
    __getitem__ = dict.__getitem__
    get = dict.get
    pop = dict.pop
    popitem = dict.popitem
    setdefault = dict.setdefault
    items = dict.items
    values = dict.values
    copy = __copy__ = dict.copy


EVENTS = (LazyFutureDict, _Settled)


def _relieve(event):
    # Classes that users derive are theirs.
    if type(event) is LazyFutureDict and not _is_pending(event):
        event.__class__ = _Settled


def _is_pending(event):
    return _Pending in map(type, dict.values(event))


def _plain(other):
    return other.copy() if type(other) in EVENTS else other


class _Items(ItemsView):
    __slots__ = ()

    def __contains__(self, item):
        if not isinstance(item, tuple) or len(item) != 2 or item[0] not in self._mapping:
            return False
        value = self._mapping[item[0]]
        return value is item[1] or value == item[1]

    def __reversed__(self):
        for key in reversed(self._mapping):
            yield key, self._mapping[key]

    def __repr__(self):
        return repr(self._of_dict())

    def _of_dict(self):
        self._mapping._settle()
        return dict.items(self._mapping)


def _as_of_dict(name):
    """As the items of a dict do it, which take less for hashable than sets do."""

    def method(self, other):
        other = other._of_dict() if type(other) is _Items else other
        return getattr(self._of_dict(), name)(other)

    return method


for _name in "and rand or ror sub rsub xor rxor eq ne lt le gt ge".split():
    setattr(_Items, f"__{_name}__", _as_of_dict(f"__{_name}__"))
_Items.isdisjoint = _as_of_dict("isdisjoint")


class _Values(ValuesView):
    __slots__ = ()

    def __reversed__(self):
        for key in reversed(self._mapping):
            yield self._mapping[key]

    def __repr__(self):
        self._mapping._settle()
        return repr(dict.values(self._mapping))


# The names that programs see, some of which go by them. A dict's own `repr` is not replaced, for some ask for that.
for _class in EVENTS:
    _class.__name__ = _class.__qualname__ = "dict"
    _class.__module__ = "builtins"
_Items.__name__ = _Items.__qualname__ = "dict_items"
_Values.__name__ = _Values.__qualname__ = "dict_values"
