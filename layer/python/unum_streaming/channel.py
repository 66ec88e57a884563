"""The two pipes to the bootstrap and the frames on them; ARCHITECTURE.md has the table of kinds.

A user's signal handler may raise while we read or write, or publish and read fields itself. Nothing may get lost then, or
every later frame would be garbage: `extend(map(...))` moves bytes and remembers them within one call into C, where no
handler runs in between. A write that has to wait would let one in, with its bytes still to be written; so none waits.
"""

import os
from _thread import RLock
from os import read, readv, write  # now: the user's code may put something else in their place
from sys import _getframe
from time import sleep

from .errors import StreamingError

# All that a pipe holds, and no more than the C library keeps at hand: a larger buffer would be mapped and unmapped each time.
READ_BYTES = 1 << 16
# What is larger is not copied once more to be one with what is sent beside it, or to be taken from it.
LARGE_BYTES = 1 << 16
# Before a write is tried again. `select` would have to be loaded for it, and the handler may have left no descriptor; and it
# would report room for each page that the bootstrap has read.
FULL_PIPE_S = 0.0002


class Channel:
    def __init__(self, read_fd, write_fd):
        self._in = read_fd
        self._out = write_fd
        self._chunks = []  # what was read and not yet taken
        self._large = None  # memory for a frame, and the counts of its bytes read so far
        self._unsent = []  # frames, each with the counts of its bytes written so far
        self.writing = RLock()  # what must not come after an invocation's outcome is sent while this is held
        self._reading = RLock()  # held through a wait; writing goes on meanwhile
        self._waiting = None  # the frame of the wait that is under way
        self.in_child = False
        os.set_inheritable(read_fd, False)
        os.set_inheritable(write_fd, False)
        os.set_blocking(write_fd, False)
        os.register_at_fork(after_in_child=self._abandon)

    def _abandon(self):
        """A forked child is not the worker: it must not write a frame, nor keep the pipes open."""
        if self.in_child:
            return  # a child of its own: these descriptors are other files by now
        self.in_child = True
        self.writing = RLock()
        self._reading = RLock()
        self._waiting = None
        os.close(self._in)
        os.close(self._out)

    def send(self, kind, blobs=()):
        with self.writing:
            self.send_held(kind, blobs)

    def send_held(self, kind, blobs):
        """The same, where `writing` is held."""
        if self.in_child:
            return
        parts = [b"", kind]
        size = 1
        for blob in blobs:
            length = len(blob)
            size += 4 + length
            parts.append(length.to_bytes(4, "big"))
            parts.append(blob)
        parts[0] = size.to_bytes(4, "big")
        if size > LARGE_BYTES:
            self._unsent.extend([(piece, []) for piece in _pieces(parts)])
        else:
            self._unsent.append((b"".join(parts), []))
        self._flush()

    def receive(self):
        """The next frame: its kind and its blobs; None when the bootstrap has closed our input."""
        while self._large is None:
            chunks = self._chunks
            if not chunks:
                chunks.extend(map(read, (self._in,), (READ_BYTES,)))
            if not chunks[-1]:
                return None
            if len(chunks) > 1 and len(chunks[0]) < 4:
                chunks[:] = [b"".join(chunks)]
            have = sum(map(len, chunks))
            end = 4 + int.from_bytes(chunks[0][:4], "big") if have >= 4 else 4
            if have >= max(end, 5):
                data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
                frame = _parse(data, end)
                chunks[:] = [data[end:]] if len(data) > end else []
                return frame
            if end > LARGE_BYTES:
                buffer = bytearray(end)
                buffer[:have] = b"".join(chunks)
                # From here on what was read is here, even if the user's code is what runs next.
                self._large = buffer, [have]
                break
            chunks.extend(map(read, (self._in,), (READ_BYTES,)))
        return self._receive_large()

    def _receive_large(self):
        buffer, counts = self._large
        rest = memoryview(buffer)
        while sum(counts) < len(buffer):
            counts.extend(map(readv, (self._in,), ([rest[sum(counts) :]],)))
            if not counts[-1]:
                return None
        frame = _parse(buffer, len(buffer))
        self._chunks, self._large = [], None
        return frame

    def receive_alone(self):
        """The next frame, once no thread of the last invocation's waits for an answer any more."""
        with self._reading:
            return self.receive()

    def close_asking(self, futures):
        """From now on nobody asks for these: what is asked, is asked before the invocation's outcome is sent."""
        with self.writing:
            futures.is_open = False

    def ask(self, names, futures):
        """Waits for the fields `names`; name → (kind, blobs) of each answer, late ones of an interrupted wait included."""
        if self.in_child:
            raise StreamingError(
                f"field `{names[0]}` was not read before the process forked: only the process that got the event can wait "
                "for it, so read the field before forking"
            )
        with self._reading:
            frame = _getframe()
            try:
                if self._is_waiting(frame):
                    raise StreamingError(
                        f"field `{names[0]}` was read by a signal handler during another wait"
                    )
                self._waiting = frame
                try:
                    return self._wait(names, futures)
                finally:
                    self._waiting = None
            finally:
                del frame  # it would hold itself, and with it the variables of all who called

    def _is_waiting(self, frame):
        """Whether this thread is in the middle of a wait already. Up to Python 3.10 a signal handler that raises may get
        in before a wait has taken its frame back; such a frame runs no more."""
        while frame is not None and frame is not self._waiting:
            frame = frame.f_back
        return frame is not None

    def _wait(self, names, futures):
        with self.writing:
            if not futures.is_open:
                raise StreamingError(
                    f"field `{names[0]}` of `{futures.source}` was first read after the invocation that got it"
                )
            self.send(b"W", [name.encode("utf-8", "surrogatepass") for name in names])
        answers = {}
        missing = set(names)
        while missing:
            frame = self.receive()
            if frame is None:
                os._exit(0)  # nobody is there to answer, nor to hear of an error
            kind, blobs = frame
            name = str(blobs[0], "utf-8", "surrogatepass")
            answers[name] = (kind, blobs[1:])
            missing.discard(name)
        return answers

    def _flush(self):
        # Between any two steps a signal handler may send what is first here, and what is behind it.
        unsent = self._unsent
        while unsent:
            for entry in unsent[:1]:
                frame, written = entry
                before = written[:]
                rest = memoryview(frame)[sum(before) :] if before else frame
                is_current = map(before.__eq__, (written,))  # when the rest is written
                try:
                    written.extend(map(write, (self._out,), map((b"", rest).__getitem__, is_current)))
                    if sum(written) == len(frame):
                        unsent.remove(entry)
                except BlockingIOError:
                    sleep(FULL_PIPE_S)
                except BrokenPipeError:
                    os._exit(0)
                except ValueError:
                    pass  # it is not here any more


def _pieces(parts):
    """The same bytes in fewer pieces, large parts as they are."""
    pieces, small = [], []
    for part in parts:
        if len(part) > LARGE_BYTES:
            pieces += (b"".join(small), part)
            small = []
        else:
            small.append(part)
    pieces.append(b"".join(small))
    return pieces


def _parse(data, end):
    blobs = []
    at = 5
    while at < end:
        size = int.from_bytes(data[at : at + 4], "big")
        at += 4
        blobs.append(data[at : at + size] if size <= LARGE_BYTES else memoryview(data)[at : at + size])
        at += size
    return bytes(data[4:5]), blobs
