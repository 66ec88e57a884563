"""The worker's entry: python start.py READ_FD WRITE_FD LIFELINE_FD. Runs the user's handler for the bootstrap beyond the pipes."""

import sys


class awslambdaricmain:  # noqa: N801 - see `runtime_client`
    bootstrap = None


def prepare():
    """The worker, and the descriptors to read from and write to; the user's code may be looked for from here on."""
    import os

    here = os.path.dirname(os.path.abspath(__file__))
    home = os.path.dirname(here)
    if sys.path and sys.path[0] == here:
        del sys.path[0]
    sys.path.insert(0, home)  # our modules come from here, whatever the user's packages are called
    from unum_streaming import importer, lifeline, worker

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
