"""The event whose fields may still be on their way: a dict that waits for a field where a program needs its value."""

import _signal
import os
import sys

from . import encoding, importer
from .errors import StreamingError, StreamingSourceError, StreamingStoreError, StreamingTimeoutError
from .pending import PendingField, taken_past_methods
from .views import Items, Keys, Values

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
    return type(value) is PendingField or isinstance(value, dict) and value.get(MARK) is True


def resolve_future(ref):
    """The value behind a future reference of the current event; waits for it."""
    from . import worker

    if type(ref) is PendingField:
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
        missing = [name for name in names if name not in self._values and not self._is_given_up(name)]
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

    def has_failed(self, name):
        return name in self._failures

    def place(self, name):
        """Notes that its value has been put in its place, or taken; whether those of all have been."""
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

    def error_named(self, message):
        """Why a field has not come, if `message` names what stands in its place; else None."""
        if PendingField.__name__ not in message:
            return None
        unread = [name for name in self.names if name not in self._values]
        for name in unread:
            if name in self._failures:
                error, why = self._failures[name]
                return error(why)
        return taken_past_methods(self.source, *unread) if unread else None

    def failure_in(self, text):
        """Why a field has failed, if `text`, a result, has what stands in its place; else None."""
        mark = PendingField.__name__
        if not self._failures or (mark.encode() if isinstance(text, bytes) else mark) not in text:
            return None
        return self.failure()

    def failure(self, kind=StreamingError):
        """Why the first field has failed that failed in this way; None if none has."""
        for name in self.names:
            error, why = self._failures.get(name, (None, None))
            if error is not None and name not in self._values and issubclass(error, kind):
                return error(why)
        return None

    def _is_given_up(self, name):
        """It has failed for good: a field that did not come in time may still come, as long as it can be asked for."""
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


def lazy_event(event, futures):
    """`event` with the fields that `futures` lists resolved on access."""
    lazy = LazyFutureDict(event)
    for name in futures.names:
        if name in event:
            dict.__setitem__(lazy, name, PendingField(name, futures))
    return lazy


def whole(event, futures):
    """A dict with every field, once all have come; who reads one that did not learns why."""
    futures.load_for_good()
    _put_what_has_come(event)
    return event if _is_pending(event) else dict.copy(event)


def _put_what_has_come(event):
    for key, value in list(dict.items(event)):
        if type(value) is PendingField:
            _put(event, key, value)


def _put(event, key, place):
    # Classes that users derive are theirs.
    if place._put_into(event, key) and type(event) is LazyFutureDict and not _is_pending(event):
        event.__class__ = _Settled


class _Watch:
    """Makes the current event whole before one of `packages` runs. It stays among the finders: others may be looking through
    them when the invocation ends."""

    event = None
    packages = frozenset()

    def find_spec(self, name, path=None, target=None):
        if self.event is None or self.packages.isdisjoint(name.split(".")):
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
            if self.event is event:
                self.event = None  # nothing more is to be had for the package's other modules


_watch = _Watch()


def watch(event, packages=frozenset()):
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
    """A dict in every operation; those that need the value of a field that has not come yet wait for it.

    Other threads may change it meanwhile: each operation takes what it is about first, and waits then.
    """

    __slots__ = ()

    def _settle(self):
        """Waits for every field, and puts the values in place; raises the first failure, if any."""
        entries = list(dict.items(self))
        pending = [(key, value) for key, value in entries if type(value) is PendingField]
        if pending:
            pending[0][1]._futures.load([place._name for _, place in pending])
        for key, place in pending:
            _put(self, key, place)
        for _, place in pending:
            place._loaded()

    def _value(self, key, place):
        """What `place` stands for, which was found at `key`; waits for it."""
        value = place._get()
        _put(self, key, place)
        return value

    # Without this, C code copies the storage: dict(x), {**x}, f(**x), y.update(x).
    def __iter__(self):
        return dict.__iter__(self)

    def __getitem__(self, key):
        value = dict.__getitem__(self, key)
        return self._value(key, value) if type(value) is PendingField else value

    # Wrong arguments are errors of the dict's own methods.

    def get(self, *arguments, **wrong):
        value = dict.get(self, *arguments, **wrong)
        return self._value(arguments[0], value) if type(value) is PendingField else value

    def setdefault(self, *arguments, **wrong):
        value = dict.setdefault(self, *arguments, **wrong)
        return self._value(arguments[0], value) if type(value) is PendingField else value

    # Nothing is taken before the value is there: to put a field back takes others out of the way for a moment.

    def pop(self, *arguments, **wrong):
        if arguments and not wrong and dict.__len__(self):
            key = arguments[0]
            place = dict.get(self, key)
            while type(place) is PendingField:
                self._value(key, place)
                place = dict.get(self, key)
        value = dict.pop(self, *arguments, **wrong)
        return value._get() if type(value) is PendingField else value

    def popitem(self):
        while True:
            last = list(dict.keys(self))[-1:]
            place = dict.get(self, *last) if last else None
            if type(place) is PendingField:
                self._value(*last, place)
                continue
            key, value = dict.popitem(self)
            if type(value) is not PendingField:
                return key, value
            # Another thread has taken what was behind it: back to its place, which is the last one.
            dict.setdefault(self, key, value)

    def keys(self):
        return Keys(self) if _is_pending(self) else dict.keys(self)

    def items(self):
        return Items(self) if _is_pending(self) else dict.items(self)

    def values(self):
        return Values(self) if _is_pending(self) else dict.values(self)

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
        # Item by item: it may hold itself.
        return dict, (), None, None, iter(self.copy().items())

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
    keys = dict.keys
    items = dict.items
    values = dict.values
    copy = __copy__ = dict.copy


EVENTS = (LazyFutureDict, _Settled)


def _is_pending(event):
    return PendingField in map(type, list(dict.values(event)))


def _plain(other):
    return other.copy() if type(other) in EVENTS else other


# The names that programs see, some of which go by them. A dict's own `repr` is not replaced, for some ask for that.
for _class in EVENTS:
    _class.__name__ = _class.__qualname__ = "dict"
    _class.__module__ = "builtins"
