"""Whether the functions that the analysis relied on are still what they were: any module may put another one in their place.

Those are well-known ones, such as `json.dumps`, and the module's own. What the module itself says of that, the analysis has
read; what other modules do when they are loaded, or later, shows here.
"""

import builtins
import os
import sys

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_PACKAGES = ("site-packages", "dist-packages")
_STANDARD = getattr(
    sys, "stdlib_module_names", None
)  # since 3.10; before, only Python's own functions can be told
_FUNCTION, _BUILTIN = type(os.fsdecode), type(len)


class Reliance:
    """`relied_on` are dotted paths with line 0, and names of the functions in `file`, which `module` was loaded from, with their
    lines."""

    def __init__(self, relied_on, module, file):
        self._module = module
        self._file = file
        self._to_come = [tuple(entry) for entry in relied_on]
        self._found = []
        self.replaced = None
        """The first of them that is another one, if any is."""
        self._look()

    def is_broken(self):
        if self.replaced is None:
            if self._to_come:
                self._look()
            for names, name, value in self._found:
                if names.get(name) is not value:
                    self.replaced = name
        return self.replaced is not None

    def reason(self):
        return f"`{self.replaced}` is not the function of this name any more: another module has put something in its place"

    def _look(self):
        """At those that are there by now: the handler may import their modules."""
        to_come = []
        for path, line in self._to_come:
            try:
                names, name = _place(f"{self._module}.{path}" if line else path)
                if name not in names:
                    to_come.append((path, line))
                    continue
                value = names[name]
                if not (self._is_own(value, line) if line else _is_standard(value)):
                    self.replaced = path
                self._found.append((names, name, value))
            except Exception:  # objects of all kinds may be there
                self.replaced = path
        self._to_come = to_come

    def _is_own(self, value, line):
        return type(value) is _FUNCTION and (value.__code__.co_firstlineno, value.__code__.co_filename) == (
            line,
            self._file,
        )


def _place(path):
    """The names of the module that the path begins with, and the one that follows: a class's own are nobody's to replace."""
    parts = path.split(".")
    if parts[0] == "builtins":
        return vars(builtins), parts[1]
    for end in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:end])
        if name in sys.modules:
            return vars(sys.modules[name]), parts[end]
    return {}, path


def _is_standard(value):
    """Whether it came with the interpreter, as far as the object tells."""
    kind = type(value)
    if kind is _FUNCTION:
        return _is_of_library(value.__code__.co_filename)
    if kind.__name__ == "_lru_cache_wrapper":
        return _is_standard(value.__wrapped__)
    if hasattr(value, "__func__"):  # of an object that the module has made, as in `random`
        return _is_standard(value.__func__)
    if isinstance(value, type):
        return _is_standard_module(value.__module__)
    # One of an object, which `random` has, too, may be any object's.
    owner = getattr(value, "__self__", None)
    is_plain = kind is _BUILTIN and type(owner) not in (dict, list, set, str, bytes)
    return is_plain and _is_standard_module(value.__module__ or type(owner).__module__)


def _is_standard_module(name):
    root = name.split(".")[0]
    return root in sys.builtin_module_names or _is_of_library(
        getattr(sys.modules.get(root), "__file__", None) or ""
    )


def _is_of_library(file):
    in_library = file.startswith(_LIBRARY) and not file[len(_LIBRARY) :].startswith(_PACKAGES)
    return in_library or file.startswith("<frozen ")
