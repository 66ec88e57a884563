"""Ends this process when the bootstrap has gone, even if it was killed and the handler never looks at its input."""

import os

from .importer import from_library

SIGKILL = 9  # `signal` need not be loaded for it


def hold(fd):
    """The kernel kills this process and its group as soon as the pipe's other end closes; nothing is ever written there.

    So they end together with the bootstrap, as one process would. Children that the user starts do not keep the pipe.
    """
    os.set_inheritable(fd, False)
    held = [fd]

    def let_go():
        while held:  # once: in a child of the child the number is another file's
            number = held.pop()
            os.closerange(number, number + 1)  # unlike `close`, no error if the user has closed it

    os.register_at_fork(after_in_child=let_go)
    fcntl = from_library("fcntl")
    pid = os.getpid()
    # A group that another process leads, such as a wrapper that waits for us, is not ours to end.
    owner = -pid if os.getpgrp() == pid else pid
    try:
        fcntl.fcntl(fd, fcntl.F_SETOWN, owner)
        fcntl.fcntl(fd, fcntl.F_SETSIG, SIGKILL)
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
    except OSError:
        pass  # a kernel without it: then the end of the input has to do
