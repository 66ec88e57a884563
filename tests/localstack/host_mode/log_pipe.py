"""A function's stdout and stderr: read as they come, handed out per invocation."""

from __future__ import annotations

import os
import select
from threading import Lock, Thread

CHUNK_BYTES = 64 * 1024


class LogPipe:
    """Reads a pipe in the background, so that the function never blocks on writing."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = Lock()
        self._ended = False
        self._unread = bytearray()
        os.set_blocking(descriptor, False)
        Thread(target=self._pump, name="function-log", daemon=True).start()

    def take(self) -> str:
        """Everything written up to now that was not taken before."""
        with self._lock:
            self._drain()
            text = self._unread.decode("utf-8", "replace")
            self._unread.clear()
        return text

    def _pump(self) -> None:
        while not self._ended:
            select.select([self._descriptor], [], [])
            with self._lock:
                self._drain()

    def _drain(self) -> None:
        while not self._ended:
            try:
                chunk = os.read(self._descriptor, CHUNK_BYTES)
            except BlockingIOError:
                return
            self._unread += chunk
            self._ended = not chunk
