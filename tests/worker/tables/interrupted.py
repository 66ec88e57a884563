"""A frame or a wait that is interrupted between any two instructions, as by a signal handler of the user's.

Prints for each kind of interruption how many there were and which of them left something wrong. argv[1] is the layer's
python folder.
"""

import fcntl
import json
import os
import sys
import threading

sys.path.insert(0, sys.argv[1])
from unum_streaming import channel, publisher  # noqa: E402

F_SETPIPE_SZ = 1031  # fcntl has the name since Python 3.10
SENDING = {channel.Channel.send.__code__, channel.Channel.send_held.__code__, channel.Channel._flush.__code__}
WAITING = {getattr(channel.Channel, name).__code__ for name in ("ask", "_wait", "_is_waiting", "receive")}
PUBLISHING = {publisher.Publisher.publish_explicitly.__code__, publisher.Publisher._send.__code__} | SENDING
# A frame of the second size takes several writes, each of which finds the pipe full once.
SIZES = {"at once": 100, "in parts": 9000}


class Raised(Exception):
    pass


def interrupt(codes, place, interruption, run):
    """Runs something, and the interruption before the instruction at `place` of these codes; whether there is such a place."""
    seen = [0]

    def trace(frame, event, argument):
        if frame.f_code not in codes:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            seen[0] += 1
            if seen[0] == place + 1:
                sys.settrace(None)
                frame.f_trace_opcodes = False
                interruption()
        return trace

    sys.settrace(trace)
    try:
        run()
    except (Raised, IndexError, ValueError):
        pass  # what is left behind counts
    finally:
        sys.settrace(None)
    return seen[0] > place


def interruptions(attempt):
    """`attempt` at each place: whether there is such a place, and whether all was right."""
    attempt(0)  # 3.12 begins to trace instructions with the second call that asks for it
    place, wrong = 0, []
    while True:
        is_there, is_right = attempt(place)
        if not is_there:
            return {"places": place, "wrong": wrong}
        if not is_right:
            wrong.append(place)
        place += 1


def frames(data):
    """None if the last one is not whole."""
    found = []
    while data:
        end = 4 + int.from_bytes(data[:4], "big")
        if len(data) < end:
            return None
        found.append(channel._parse(data, end))
        data = data[end:]
    return found


def send(size, raises):
    outer, nested, last = (b"O", [b"o" * size]), (b"N", [b"n" * 60]), (b"L", [b"l"])
    idle_fd = os.open(os.devnull, os.O_RDONLY)

    def attempt(place):
        read_fd, write_fd = os.pipe()
        fcntl.fcntl(write_fd, F_SETPIPE_SZ, 4096)
        os.set_blocking(read_fd, False)
        found = []

        def drain(seconds=0):
            try:
                found.append(os.read(read_fd, 1 << 20))
            except BlockingIOError:
                pass

        sender = channel.Channel(idle_fd, write_fd)
        channel.sleep = drain

        def interruption():
            sender.send(*nested)
            if raises:
                raise Raised

        is_there = interrupt(SENDING, place, interruption, lambda: sender.send(*outer))
        sender.send(*last)
        drain()
        os.close(read_fd)
        os.close(write_fd)
        got = sorted(frames(b"".join(found)) or [])
        return is_there, got == [last, nested, outer] or raises and got == [last, nested]

    return attempt


def publish(raises):
    """Whether the return knows of every field that has not left whole, and of no other one that has."""
    idle_fd = os.open(os.devnull, os.O_RDONLY)

    def attempt(place):
        read_fd, write_fd = os.pipe()
        fields = publisher.Publisher(channel.Channel(idle_fd, write_fd), "app.handler", ["a", "b", "c"])
        fields.open(sys._getframe())

        def interruption():
            fields.publish_explicitly("b", 2)
            if raises:
                raise Raised

        is_there = interrupt(PUBLISHING, place, interruption, lambda: fields.publish_explicitly("a", 1))
        fields.publish_explicitly("c", 3)
        late = fields.finish('{"a": 1, "b": 2, "c": 3}')
        os.close(write_fd)
        sent = [
            tuple(blob.decode() for blob in blobs) for _, blobs in frames(os.read(read_fd, 1 << 16)) or []
        ]
        os.close(read_fd)
        is_whole = {*sent, *late} == {("a", "1"), ("b", "2"), ("c", "3")} and len(sent) == len({*sent})
        return is_there, is_whole and (raises or not late)

    return attempt


class _Open:
    is_open = True
    source = "A"


def ask(place):
    """A wait that a signal handler ends; the next one must get its own answer."""
    events, answers = os.pipe(), os.pipe()

    def answer():
        data = b""
        while True:
            more = os.read(events[0], 1 << 16)
            if not more:
                return os.close(answers[1])
            data += more
            asked = frames(data)
            if asked is not None:
                data = b""
                for kind, names in asked:
                    for name in names:
                        parts = [name, name.upper()]
                        body = b"V" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
                        os.write(answers[1], len(body).to_bytes(4, "big") + body)

    def interruption():
        raise Raised

    bootstrap = threading.Thread(target=answer)
    bootstrap.start()
    asker = channel.Channel(answers[0], events[1])
    is_there = interrupt(WAITING, place, interruption, lambda: asker.ask(["x", "y"], _Open))
    found = asker.ask(["z"], _Open)
    again = asker.ask(["x"], _Open)
    os.close(events[1])
    bootstrap.join()
    os.close(events[0])
    os.close(answers[0])
    return is_there, (found["z"], again["x"]) == ((b"V", [b"Z"]), (b"V", [b"X"]))


found = {
    f"{name}, raising" if raises else name: interruptions(send(size, raises))
    for name, size in SIZES.items()
    for raises in (False, True)
}
found["a publish"] = interruptions(publish(False))
found["a publish, raising"] = interruptions(publish(True))
found["a wait, raising"] = interruptions(ask)
print(json.dumps(found))
