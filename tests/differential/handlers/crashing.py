"""Ends in every way that there is, after its first field has gone ahead; see crash_plan.py."""

import os
import resource
import signal
import socket
import sys
import threading

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def returns(event):
    return {"way": event["way"]}


def returns_much(event):
    return ["x" * 1000] * 300


def raises(event):
    raise ValueError("as planned")


def recurses(event):
    return recurses(event)


def cannot_be_marshalled(event):
    return object()


def is_out_of_memory(event):
    return bytearray(1 << 60)


def fails_in_a_thread(event):
    thread = threading.Thread(target=raises, args=(event,))
    thread.start()
    thread.join()


def forks(event):
    child = os.fork()
    if child == 0:
        os._exit(3)
    return os.waitpid(child, 0)[1]


def exits(event):
    sys.exit(3)


def exits_at_once(event):
    os._exit(77)


def is_interrupted(event):
    raise KeyboardInterrupt


def cannot_be_told(event):
    class Mute(Exception):
        def __str__(self):
            raise ValueError("as planned")

    raise Mute


def aborts(event):
    os.abort()


def segfaults(event):
    os.kill(os.getpid(), signal.SIGSEGV)


def kills_itself(event):
    os.kill(os.getpid(), signal.SIGKILL)


def hangs(event):
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET /hangs HTTP/1.1\r\n\r\n")
        connection.recv(1)


WAYS = {
    way.__name__: way
    for way in (
        returns,
        returns_much,
        raises,
        recurses,
        cannot_be_marshalled,
        is_out_of_memory,
        fails_in_a_thread,
        forks,
        exits,
        exits_at_once,
        is_interrupted,
        cannot_be_told,
        aborts,
        segfaults,
        kills_itself,
        hangs,
    )
}


def handler(event, context):
    first = [event["number"]]
    second = WAYS[event["way"]](event)
    return {"first": first, "second": second}
