"""LocalStack ends when the process that started it does, however that one ended."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from pathlib import Path
from threading import Thread

from host_mode.processes import kill_namespace

STDIN = 0
# LocalStack's shutdown may hang; then this is its end.
SHUTDOWN_SECONDS = 10


def end_with_parent() -> None:
    """`server.py` holds our stdin open and never writes to it: the end of input means that it is gone."""
    Thread(target=_wait_for_end_of_input, name="watch-parent", daemon=True).start()


def _wait_for_end_of_input() -> None:
    # Not through `sys.stdin`, whose lock would be in the way when the interpreter shuts down.
    os.read(STDIN, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SHUTDOWN_SECONDS)
    for namespace in Path(tempfile.gettempdir()).glob("sandbox-*/namespace"):
        kill_namespace(namespace)
    os._exit(1)
