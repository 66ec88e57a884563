"""Loads the user's handler: the paths it is found on, and the source text that runs in its module."""

import importlib
import os
import sys

from .errors import Fault

# What AWS's runtime has loaded before the user's folder is on the path: there, a file of such a name is not seen.
_LOADED_BEFORE = {
    (3,): (
        "__future__ collections copyreg decimal enum functools importlib json keyword logging math numbers operator re "
        "reprlib string threading traceback types warnings weakref"
    ),
    (3, 11): "textwrap",
    (3, 12): "contextlib",
}
_NO_MORE_LOADED_BEFORE = {
    (3, 10): "heapq",
    (3, 11): "sre_compile sre_constants sre_parse",
    (3, 13): "linecache token tokenize",
}


def from_library(name, keep=False):
    """A module of the standard library, whatever is called so on `sys.path`. Unless it is to be kept, the user's code may have
    another one by this name."""
    from _frozen_importlib import module_from_spec

    if keep and name in sys.modules:
        return sys.modules[name]
    others = {name: sys.modules[name]} if name in sys.modules else {}
    spec = _spec_in_library(name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    # Before 3.10 extension modules put themselves there.
    sys.modules.pop(name, None)
    sys.modules.update({name: module} if keep else others)
    return module


def _spec_in_library(name):
    from _frozen_importlib import BuiltinImporter
    from _frozen_importlib_external import (
        ExtensionFileLoader,
        PathFinder,
        SourceFileLoader,
        spec_from_file_location,
    )
    from _imp import extension_suffixes

    if name in sys.builtin_module_names:
        return BuiltinImporter.find_spec(name)
    # Where Lambda's Python has it: to look through the folders would take as long as to load it.
    library = os.path.dirname(os.__file__)
    path = f"{library}/lib-dynload/{name}{extension_suffixes()[0]}"
    if os.path.isfile(path):
        return spec_from_file_location(name, path, loader=ExtensionFileLoader(name, path))
    path = f"{library}/{name}.py"
    if os.path.isfile(path):
        return spec_from_file_location(name, path, loader=SourceFileLoader(name, path))
    return PathFinder.find_spec(name)


def set_paths(home):
    """`sys.path`, `sys.argv` and PYTHONPATH as AWS's runtime leaves them; `home` is the layer's python directory."""
    env = os.environ
    runtime = env.get("LAMBDA_RUNTIME_DIR")
    task_root = env.get("LAMBDA_TASK_ROOT") or os.getcwd()
    files = _files(task_root)
    _load_what_would_be_shadowed(files)
    sys.argv = [os.path.join(runtime or "/var/runtime", "bootstrap.py")]
    if runtime and os.path.isdir(runtime):
        sys.path.insert(0, runtime)  # there it is the script's own directory
    layer = []
    if "PYTHONPATH" not in env:
        library = "lib/python{}.{}/site-packages".format(*sys.version_info)
        layer = [os.path.join(home, library), home]
        # From 3.11 on AWS puts the packages it brings (boto3) in front of the standard library.
        sys.path[:0] = layer + ([os.path.join(sys.prefix, library)] if sys.version_info >= (3, 11) else [])
    sys.path.insert(0, task_root)
    _read_pth_files({task_root: files, **{folder: _files(folder) for folder in layer}})
    if runtime:
        env.setdefault("PYTHONPATH", runtime)


def _files(folder):
    """None if that cannot be told."""
    try:
        return os.listdir(folder)
    except OSError:
        return None


def _load_what_would_be_shadowed(files):
    names = {name.split(".")[0] for name in files or ()}
    for name in names.intersection(_loaded_before(sys.version_info)):
        __import__(name)


def _loaded_before(version):
    since = [names for first, names in _LOADED_BEFORE.items() if version >= first]
    until = [names for end, names in _NO_MORE_LOADED_BEFORE.items() if version < end]
    return " ".join(since + until).split()


def _read_pth_files(folders):
    site = sys.modules.get("site")
    if site is None:
        return
    for folder, files in folders.items():
        # Each that is there is on `sys.path` already; looking for that is most of what this call would take. One that is
        # not gets there once more.
        if files is None or any(name.endswith(".pth") for name in files):
            site.addsitedir(folder)


def load(settings, text, modules):
    """The handler, and whether the transformed source `text` is what runs; raises Fault or the user's own error."""
    name = settings["handler"]
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}") from None
    replacement = _Replacement(settings, text, modules) if text else None
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            message = f"Cannot use built-in module {module_name} as a handler module"
            raise Fault("Runtime.BuiltInModuleConflict", message)
        if replacement:
            replacement.install()
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise Fault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise Fault("Runtime.UserCodeSyntaxError", message, trace) from error
    finally:
        if replacement:
            replacement.remove()
    try:
        handler = getattr(module, function_name)
    except AttributeError:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise Fault("Runtime.HandlerNotFound", message) from None
    return handler, replacement is not None and replacement.used


def found_by_others(finder, name, path, target):
    """The spec of a module, found as it would be without `finder`."""
    for other in sys.meta_path:
        find_spec = None if other is finder else getattr(other, "find_spec", None)
        spec = find_spec and find_spec(name, path, target)
        if spec is not None:
            return spec
    return None


def run_with(loader, before=None, after=None):
    """Has `loader`, only this one object and only this once, do something before and after it runs its module."""
    run = getattr(loader, "exec_module", None)
    if run is None:
        return

    def exec_module(module):
        del loader.exec_module
        if before is not None:
            before()
        run(module)
        if after is not None:
            after()

    loader.exec_module = exec_module


class _Replacement:
    """Stands before the usual finder and lets one module run another text than its file's.

    The module's loader stays an ordinary one: only this object's `get_code` is replaced, and only while it loads. So
    nothing is cached, a reload runs the file as written, and `inspect` shows the file.
    """

    def __init__(self, settings, text, modules):
        from .compiler import compiled  # now: later the user's code may have a say in what is found

        self.compiled = compiled
        self.module = settings["module"]
        self.path = settings["path"]
        self.text = text
        self.modules = modules
        self.shifts = settings.get("shifts") or ()
        self.used = False

    def install(self):
        from _frozen_importlib_external import PathFinder

        if PathFinder in sys.meta_path:
            sys.meta_path.insert(sys.meta_path.index(PathFinder), self)

    def remove(self):
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name, path=None, target=None):
        if name != self.module:
            return None
        from _frozen_importlib_external import PathFinder, SourceFileLoader

        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader and spec.loader.path == self.path:
            spec.loader.get_code = self._code_getter(spec.loader)
        return spec

    def _code_getter(self, loader):
        def get_code(name):
            del loader.get_code
            try:
                code = self.compiled(self.text, self.path, loader, self.shifts, self.modules)
            except (SyntaxError, ValueError):
                return loader.get_code(name)
            self.used = True
            return code

        return get_code
