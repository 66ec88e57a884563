"""Whether the functions that the analysis relied on are still what they were: any module may put another one in their place.

Those are well-known ones, such as `json.dumps`, the module's own, and the user's decorators and context managers, which may come
out of other modules. What the module itself says of that, the analysis has read; what other modules do when they are loaded, or
later, shows here, and from which files they were loaded.
"""

import builtins
import os
import sys

from .compiler import runs_another_text

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_PACKAGES = ("site-packages", "dist-packages")
_FUNCTION, _BUILTIN, _METHOD, _MODULE = type(os.fsdecode), type(len), type(os.environ.copy), type(os)
_CONSTANTS = (int, float, complex, str)  # `math.inf`


class Reliance:
    """`relied_on` are dotted paths with line 0, and global names of `module`: with line 0 those that such paths begin with, else
    those of functions in `file`, which it was loaded from. `definitions` are names of any module, see `_Definition`; `files` are the
    others that were read."""

    def __init__(self, relied_on, module, file, definitions=(), files=()):
        self._module = module
        self._file = file
        self._to_come = [tuple(entry) for entry in relied_on]
        self._definitions = [_Definition(definition, file) for definition in definitions]
        self._found = []
        self.replaced = None
        """The first of them that is another one, if any is."""
        self._stale = None
        self._look()
        for path in {*files, *(one["file"] for one in definitions)} - {"", file}:
            if runs_another_text(path):
                self.replaced = self._stale = path

    def is_broken(self):
        if self.replaced is None:
            if self._to_come:
                self._look()
            for path, names, name, value, code in self._found:
                found = names.get(name)
                if found is not value or code is not None and found.__code__ is not code:
                    self.replaced = path
                    break
        return self.replaced is not None

    def reason(self):
        if self._stale:
            return f"Python has {self._stale} compiled already, from another text"
        return f"`{self.replaced}` is not the function of this name any more: another module has put something in its place"

    def _look(self):
        """At those that are there by now: the handler may import their modules."""
        for definition in self._definitions:
            try:
                found = definition.found()
            except Exception:
                found = None
            if found is None:
                self.replaced = definition.name
            else:
                self._found += [(definition.name, *entry) for entry in found]
        self._definitions = ()
        to_come = []
        for path, line in self._to_come:
            try:
                is_global = line or "." not in path
                names, name = _place(f"{self._module}.{path}" if is_global else path)
                if name in names:
                    value = names[name]
                    if not (self._is_own(value, line) if line else _is_standard(value, path, is_global)):
                        self.replaced = path
                    self._found.append((path, names, name, value, value.__code__ if line else None))
                elif is_global and not line:
                    # A builtin, as long as there is no such name.
                    self._found.append((path, names, name, None, None))
                else:
                    to_come.append((path, line))
            except Exception:  # objects of all kinds may be there
                self.replaced = path
        self._to_come = to_come

    def _is_own(self, value, line):
        if type(value) is not _FUNCTION:
            return False
        return _place_of(value) == (self._file, line)


class _Definition:
    """What `name`, dotted, stands for in `module`: something whose code begins in this line of this file."""

    def __init__(self, settings, own_file):
        self.name = settings["name"]
        self._module = settings["module"]
        self._kind = settings["kind"]
        self._place = settings["file"] or own_file, settings["line"]

    def found(self):
        """All that must stay as it is: names, one of them, its value, and its code if that counts. None: it is another one."""
        value = sys.modules[self._module]
        found = []
        for part in self.name.split("."):
            if type(value) is not _MODULE:
                return None
            names = vars(value)
            # A builtin, as long as there is no such name.
            value = names.get(part) if self._kind == "global" else names[part]
            found.append((names, part, value, None))
        more = getattr(self, "_" + self._kind)(value)
        return None if more is None else found + more

    def _global(self, value):
        return [] if value is None or _is_standard(value, self.name, True) else None

    def _function(self, value):
        is_it = type(value) is _FUNCTION and _place_of(value) == self._place
        return [({"": value}, "", value, value.__code__)] if is_it else None

    def _middleware(self, value):
        return self._function(value.__wrapped__)

    def _generator(self, value):
        """Under the function that `contextmanager` returns, which has no other variable."""
        if not _is_of_library(value.__code__.co_filename) or value.__code__.co_name != "helper":
            return None
        (cell,) = value.__closure__
        more = self._function(cell.cell_contents)
        return more and [({"": value}, "", value, value.__code__), *more]

    def _class(self, value):
        maker = type(value)
        is_plain = (maker.__module__, maker.__name__) in (("builtins", "type"), ("abc", "ABCMeta"))
        if not is_plain or value.__new__ is not object.__new__:
            return None
        names = vars(value)
        more = self._function(names["__exit__"])
        found = (names, "__exit__", names["__exit__"], None), (names, "__new__", None, None)
        return more and [*found, *more]

    def _instance(self, value):
        return self._class(type(value))


def _place_of(function):
    code = function.__code__
    return code.co_filename, code.co_firstlineno


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


def _is_standard(value, path, may_be_module=False):
    """Whether it came with the interpreter, under the name that ends `path`, as far as the object tells."""
    kind = type(value)
    if kind is _MODULE:
        return may_be_module
    if kind in _CONSTANTS:
        return True
    if kind is _METHOD:  # of an object that the module has made, as in `random`
        owner = type(value.__self__).__module__
        return _is_standard_module(owner) and _is_of_library(value.__func__.__code__.co_filename)
    if kind.__name__ == "_lru_cache_wrapper":
        return _is_standard(value.__wrapped__, path)
    if kind is _FUNCTION:
        code = value.__code__
        # Decorators of the library's have made neither.
        is_itself = value.__closure__ is None and "__wrapped__" not in vars(value)
        is_named = may_be_module or code.co_name == path.rpartition(".")[2]
        return is_itself and is_named and _is_of_library(code.co_filename)
    if issubclass(kind, type):
        module = value.__module__
        return _is_standard_module(module) and vars(sys.modules[module]).get(value.__qualname__) is value
    if kind is not _BUILTIN or type(value.__self__) in (dict, list, set, str, bytes):
        return False
    return _is_standard_module(value.__module__ or type(value.__self__).__module__)


def _is_standard_module(name):
    root = name.split(".")[0]
    file = getattr(sys.modules.get(root), "__file__", None) or ""
    return root in sys.builtin_module_names or _is_of_library(file)


def _is_of_library(file):
    in_library = file.startswith(_LIBRARY) and not file[len(_LIBRARY) :].startswith(_PACKAGES)
    return in_library or file.startswith("<frozen ")
