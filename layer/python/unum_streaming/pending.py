"""What stands in the place of a field that has not come, for those who look at what the event stores."""

import _operator
from itertools import compress, starmap

from .errors import StreamingError


class PendingField:
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
        """Puts the value in its place, if it has come; whether those of all have been."""
        if not self._futures.has(self._name):
            return False
        value = self._loaded()
        if type(key) is not str:  # equal to its name, by code of the user's
            _replace(event, self._name, self, value)
        _replace(event, key, self, value)
        return self._futures.place(self._name)

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
        if self._futures.has_failed(self._name):
            self._loaded()
        raise taken_past_methods(self._futures.source, self._name)

    __str__ = __dir__ = __reduce_ex__ = _refuse


def _replace(event, key, old, new):
    """Puts `new` in the place of `old` if that is at `key` still.

    What does so is one call of C code, which calls only C code and makes no object in between: no other thread and no signal
    handler gets there between the look and the change, where both keys are exact strings.
    """
    is_there = map(_operator.is_, map(dict.get, (event,), (key,)), (old,))
    any(starmap(dict.__setitem__.__get__(event), compress(((key, new),), is_there)))


def taken_past_methods(source, *names):
    what = "field" if len(names) == 1 else "one of the fields"
    fields = ", ".join(f"`{name}`" for name in names)
    return StreamingError(
        f"{what} {fields} of `{source}` was taken past the methods of the event, before it was read: "
        "read it first, as in `dict(event)`, or set UNUM_WHOLE_EVENTS=always"
    )


def _of_the_value(function):
    return lambda self, *others: function(self._get(), *map(_value, others))


def _value(other):
    return other._get() if type(other) is PendingField else other


def _by_the_value(function, in_place):
    """Of what can be changed in place there is to be no new one: to do so is tried after this."""

    def method(self, other):
        return NotImplemented if hasattr(type(other), in_place) else function(other, self._get())

    return method


# Where an error's text has this, it tells of such a place: no program has a class of this name.
PendingField.__name__ = PendingField.__qualname__ = "UnumPendingField"

for _name in "eq ne lt le gt ge neg pos abs invert index contains setitem delitem".split():
    setattr(PendingField, f"__{_name}__", _of_the_value(getattr(_operator, _name)))
for _name in "add sub mul truediv floordiv mod pow lshift rshift and or xor".split():
    _function = getattr(_operator, _name, None) or getattr(_operator, f"{_name}_")
    setattr(PendingField, f"__{_name}__", _of_the_value(_function))
    setattr(PendingField, f"__r{_name}__", _by_the_value(_function, f"__i{_name}__"))
    setattr(PendingField, f"__i{_name}__", _of_the_value(getattr(_operator, f"i{_name}")))
for _function in (repr, format, bool, hash, len, int, float, complex, round, reversed, divmod, pow):
    setattr(PendingField, f"__{_function.__name__}__", _of_the_value(_function))
PendingField.__rdivmod__ = _by_the_value(divmod, "")
