"""Finds the worker's modules, and what they were compiled to when the layer was made: `layer/compiled.py` has the format.

`start` runs this file's code in a namespace of its own.
"""

import marshal
import os
import sys
from _frozen_importlib import module_from_spec
from _frozen_importlib_external import FileFinder, SourceFileLoader, spec_from_file_location
from _imp import _fix_co_filename

PACKAGE = "unum_streaming"


class Loader(SourceFileLoader):
    def set_data(self, path, data, *, _mode=0o666):
        """Nothing is written beside the layer's files, even where that could be done."""


class CompiledFinder(FileFinder):
    """Of our folder; `places` are offset and size in its `modules.compiled`, by module."""

    def __init__(self, folder, places):
        super().__init__(folder, (Loader, [".py"]))
        self.places = places

    def find_spec(self, name, target=None):
        code = self.compiled(name.rpartition(".")[2])
        if code is None:
            return super().find_spec(name, target)
        return self.spec(name, code.co_filename, code)

    def package(self):
        """Not looked for on `sys.path`: ours comes from here, whatever the user's packages are called."""
        path = f"{self.path}/__init__.py"
        return self.spec(PACKAGE, path, self.compiled("__init__"), submodule_search_locations=[self.path])

    def spec(self, name, path, code, **options):
        loader = Loader(name, path)
        if code is not None:
            loader.get_code = lambda name: code
        return spec_from_file_location(name, path, loader=loader, **options)

    def compiled(self, module):
        """None where it is not compiled for this Python: then it is compiled now."""
        if module not in self.places:
            return None
        offset, size = self.places[module]
        try:
            descriptor = os.open(f"{self.path}/modules.compiled", os.O_RDONLY | os.O_CLOEXEC)
            try:
                code = marshal.loads(os.pread(descriptor, size, offset))
            finally:
                os.close(descriptor)
            path = f"{self.path}/{module}.py"
            if code.co_filename != path:
                _fix_co_filename(code, path)
        except (OSError, ValueError, EOFError, TypeError, AttributeError):
            return None
        return code


def prepare(here, places):
    """The worker, and the descriptors to read from and write to; the user's code may be looked for from here on."""
    home = os.path.dirname(here)
    if sys.path and sys.path[0] == here:
        del sys.path[0]
    finder = sys.path_importer_cache[here] = CompiledFinder(here, places)
    writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # for the package itself
    if PACKAGE not in sys.modules:  # somebody's `sitecustomize` may have it already
        spec = finder.package()
        package = sys.modules[PACKAGE] = module_from_spec(spec)
        spec.loader.exec_module(package)
    from unum_streaming import importer, lifeline, worker

    sys.dont_write_bytecode = writes_none
    read_fd, write_fd, lifeline_fd = map(int, sys.argv[1:])
    lifeline.hold(lifeline_fd)
    importer.set_paths(home)
    return worker, read_fd, write_fd
