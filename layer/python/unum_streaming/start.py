"""The worker's entry: python start.py READ_FD WRITE_FD LIFELINE_FD. Runs the user's handler for the bootstrap beyond the pipes."""

import sys


def main():
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
    worker.run(read_fd, write_fd)


if __name__ == "__main__":  # a spawned multiprocessing child loads this file under another name
    main()
