"""The worker's entry: python start.py READ_FD WRITE_FD LIFELINE_FD. Runs the user's handler for the bootstrap beyond the pipes.

Python compiles a script at each start, so little is in this one: it finds `loading`, which finds the rest.
"""

import marshal
from _frozen_importlib_external import MAGIC_NUMBER


class awslambdaricmain:  # noqa: N801 - see `runtime_client`
    bootstrap = None


def loading(here):
    """What `loading` defines, and where in the layer's compiled modules those for this Python are."""
    places = {}
    try:
        with open(here + "/modules.compiled", "rb", 0) as file:
            index = marshal.loads(file.read(4096))[MAGIC_NUMBER]
            offset, size = index["loading"]
            file.seek(offset)
            code = marshal.loads(file.read(size))
        places = index
    except (OSError, LookupError, ValueError, EOFError, TypeError):
        with open(here + "/loading.py", "rb") as file:
            code = compile(file.read(), here + "/loading.py", "exec")
    names = {"__name__": "unum_streaming.loading"}
    exec(code, names)
    return names, places


def main():
    here = __file__.rpartition("/")[0]
    names, places = loading(here)
    worker, *tools = names["prepare"](here, places)
    awslambdaricmain.bootstrap = worker
    worker.run(*tools)  # from here: the handler has as many frames below it as under AWS's runtime


if __name__ == "__main__":  # a spawned multiprocessing child loads this file under another name
    main()
