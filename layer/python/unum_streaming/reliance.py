"""Whether the functions that the analysis relied on are still what they were: any module may put another one in their place.

Those are well-known ones, such as `json.dumps`, and the module's own. What the module itself says of that, the analysis has
read; what other modules do when they are loaded, or later, shows here.
"""

import builtins
import os
import sys

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_PACKAGES = ("site-packages", "dist-packages")
_FUNCTION, _BUILTIN, _METHOD, _MODULE = type(os.fsdecode), type(len), type(os.environ.copy), type(os)
_CONSTANTS = (int, float, complex, str)  # `math.inf`


class Reliance:
    """`relied_on` are dotted paths with line 0, and global names of `module`: with line 0 those that such paths begin with, else
    those of functions in `file`, which it was loaded from."""

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
            for names, name, value, code in self._found:
                found = names.get(name)
                if found is not value or code is not None and found.__code__ is not code:
                    self.replaced = name
        return self.replaced is not None

    def reason(self):
        return f"`{self.replaced}` is not the function of this name any more: another module has put something in its place"

    def _look(self):
        """At those that are there by now: the handler may import their modules."""
        to_come = []
        for path, line in self._to_come:
            try:
                is_global = line or "." not in path
                names, name = _place(f"{self._module}.{path}" if is_global else path)
                if name in names:
                    value = names[name]
                    if not (self._is_own(value, line) if line else _is_standard(value, path, is_global)):
                        self.replaced = path
                    self._found.append((names, name, value, value.__code__ if line else None))
                elif is_global and not line:
                    # A builtin, as long as there is no such name.
                    self._found.append((names, name, None, None))
                else:
                    to_come.append((path, line))
            except Exception:  # objects of all kinds may be there
                self.replaced = path
        self._to_come = to_come

    def _is_own(self, value, line):
        if type(value) is not _FUNCTION:
            return False
        code = value.__code__
        return (code.co_firstlineno, code.co_filename) == (line, self._file)


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
