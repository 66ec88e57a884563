"""The worker's entry: python start.py READ_FD WRITE_FD LIFELINE_FD. Runs the user's handler for the bootstrap beyond the pipes."""

import sys
from _frozen_importlib_external import MAGIC_NUMBER, FileFinder, SourceFileLoader


class awslambdaricmain:  # noqa: N801 - see `runtime_client`
    bootstrap = None


class Loader(SourceFileLoader):
    def set_data(self, path, data, *, _mode=0o666):
        """Nothing is written beside the layer's files, even where that could be done."""


class CompiledFinder(FileFinder):
    """Finds our modules, and what they were compiled to when the layer was made: `layer/compiled.py` has the format."""

    def find_spec(self, name, target=None):
        spec = super().find_spec(name, target)
        if spec is not None:
            code = _compiled(spec.origin)
            if code is not None:
                spec.loader.get_code = lambda name: code
        return spec


def _compiled(path):
    """None on a Python that the module was not compiled for."""
    import _imp
    import marshal

    folder, _, name = path.rpartition("/")
    try:
        with open(f"{folder}/compiled/{name[:-3]}.compiled", "rb", 0) as file:
            head = file.read(512)
            for at in range(33, 33 + 16 * head[32], 16):
                if head[at : at + 4] == MAGIC_NUMBER:
                    file.seek(int.from_bytes(head[at + 8 : at + 12], "big"))
                    code = marshal.loads(file.read(int.from_bytes(head[at + 12 : at + 16], "big")))
                    _imp._fix_co_filename(code, path)
                    return code
    except (OSError, ValueError, EOFError, TypeError, IndexError):
        pass  # then it is compiled now
    return None


def prepare():
    """The worker, and the descriptors to read from and write to; the user's code may be looked for from here on."""
    import os

    here = os.path.dirname(os.path.abspath(__file__))
    home = os.path.dirname(here)
    if sys.path and sys.path[0] == here:
        del sys.path[0]
    sys.path.insert(0, home)  # our modules come from here, whatever the user's packages are called
    sys.path_importer_cache[here] = CompiledFinder(here, (Loader, [".py"]))
    writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # for the package itself
    from unum_streaming import importer, lifeline, worker

    sys.dont_write_bytecode = writes_none
    sys.path.remove(home)
    read_fd, write_fd, lifeline_fd = map(int, sys.argv[1:])
    lifeline.hold(lifeline_fd)
    importer.set_paths(home)
    return worker, read_fd, write_fd


def main():
    worker, *descriptors = prepare()
    awslambdaricmain.bootstrap = worker
    worker.run(*descriptors)  # from here: the handler has as many frames below it as under AWS's runtime


if __name__ == "__main__":  # a spawned multiprocessing child loads this file under another name
    main()
