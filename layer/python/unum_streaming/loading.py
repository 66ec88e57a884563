"""Finds the worker's modules, and what they were compiled to when the layer was made: `layer/compiled.py` has the format.

`start` runs this file's code in a namespace of its own.
"""

import os
import sys
from _frozen_importlib import module_from_spec
from _frozen_importlib_external import FileFinder, SourceFileLoader, spec_from_file_location
from _imp import _fix_co_filename
from marshal import loads  # now: the user's code may put something else in its place

PACKAGE = "unum_streaming"
# What each of them imports of ours stands before it.
BEFORE_STARTED = ("errors", "importer", "encoding", "channel")
BEHIND_STARTED = ("lifeline", "logs", "context", "runtime_client", "worker")


class Loader(SourceFileLoader):
    def set_data(self, path, data, *, _mode=0o666):
        """Nothing is written beside the layer's files, even where that could be done."""


class CompiledFinder(FileFinder):
    """Of our folder; `places` are offset and size in its `modules.compiled`, by module."""

    def __init__(self, folder, places):
        super().__init__(folder, (Loader, [".py"]))
        self.places = places
        self.read_ahead = {}
        self.loaded = {}

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
        if module not in self.read_ahead:
            self.read([module])
        try:
            code = loads(self.read_ahead.pop(module, b""))
            path = f"{self.path}/{module}.py"
            if code.co_filename != path:
                _fix_co_filename(code, path)
        except (ValueError, EOFError, TypeError, AttributeError):
            return None
        return code

    def read(self, modules):
        """Has these at hand, as far as they are compiled: each open file takes its time, and later none may be left."""
        places = [(module, *self.places[module]) for module in modules if module in self.places]
        if not places:
            return
        try:
            descriptor = os.open(f"{self.path}/modules.compiled", os.O_RDONLY | os.O_CLOEXEC)
            try:
                for module, offset, size in places:
                    self.read_ahead[module] = os.pread(descriptor, size, offset)
            finally:
                os.close(descriptor)
        except OSError:
            pass

    def load(self, *modules):
        """Loads them in this order, what they import of ours before them. Not by way of the import system: there each takes
        a tenth of a millisecond more, and the user's code may have changed it by then, and have thrown out modules."""
        for name, loaded in self.loaded.items():
            sys.modules.setdefault(name, loaded)
        for module in modules:
            name = f"{PACKAGE}.{module}"
            if name in sys.modules:
                self.loaded[name] = sys.modules[name]
                continue
            spec = self.spec(name, f"{self.path}/{module}.py", self.compiled(module))
            loaded = sys.modules[name] = module_from_spec(spec)
            try:
                spec.loader.exec_module(loaded)
            except BaseException:
                del sys.modules[name]
                raise
            self.loaded[name] = loaded
            setattr(sys.modules[PACKAGE], module, loaded)


def prepare(here, places):
    """The worker, its channel, and where more modules come from; the user's code may be looked for from here on."""
    home = os.path.dirname(here)
    if sys.path and sys.path[0] == here:
        del sys.path[0]
    finder = sys.path_importer_cache[here] = CompiledFinder(here, places)
    writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # for the package itself
    if PACKAGE not in sys.modules:  # somebody's `sitecustomize` may have it already
        spec = finder.package()
        package = sys.modules[PACKAGE] = module_from_spec(spec)
        spec.loader.exec_module(package)
    finder.loaded[PACKAGE] = sys.modules[PACKAGE]
    sys.dont_write_bytecode = writes_none
    read_fd, write_fd, lifeline_fd = map(int, sys.argv[1:])
    finder.read(BEFORE_STARTED + BEHIND_STARTED)
    finder.load(*BEFORE_STARTED)
    from unum_streaming import channel, importer

    importer.set_paths(home)
    bootstrap = channel.Channel(read_fd, write_fd)
    # What Python was started with counts: a wrapper may have changed it. While the bootstrap answers, there is more to do.
    bootstrap.send(
        b"S", [os.fsencode(os.environ.get(name, "")) for name in ("_HANDLER", "AWS_LAMBDA_RUNTIME_API")]
    )
    finder.load(*BEHIND_STARTED)
    from unum_streaming import lifeline, worker

    lifeline.hold(lifeline_fd)
    return worker, bootstrap, finder
