"""Handlers that write to stdout and stderr. Each is called by a row of rows/logging.py."""

import logging
import logging.config
import os
import sys


def stdout_is_replaced(event, context):
    import io

    ours, sys.stdout = sys.stdout, io.StringIO()
    print("captured")
    logging.error("logged meanwhile")
    text = sys.stdout.getvalue()
    sys.stdout = ours
    print("shown again")
    return {"captured": text.partition("\t")[0]}


def stdout_is_redirected(event, context):
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        print("to stdout")
        print("to stderr", file=sys.stderr)
    return {"out": out.getvalue(), "err": err.getvalue()}


def stdout_is_wrapped(event, context):
    class Prefix:
        def __init__(self, stream):
            self.stream = stream

        def write(self, text):
            self.stream.write("> " + text if text.strip() else text)

        def flush(self):
            self.stream.flush()

    ours, sys.stdout = sys.stdout, Prefix(sys.stdout)
    print("wrapped")
    logging.getLogger("app").error("wrapped, too")
    sys.stdout = ours
    return {}


def stdout_as_an_object(event, context):
    for stream in (sys.stdout, sys.stderr):
        print(type(stream).__name__, stream.encoding, stream.errors, stream.fileno(), stream.isatty())
        print(stream.name, stream.mode, stream.closed, stream.line_buffering, stream.newlines)
        print(stream.writable(), stream.readable(), stream.write("written\n"))
        stream.writelines(["several\n", "lines\n"])
        with stream:
            print("inside of it", file=stream)
    print(type(sys.__stdout__).__name__, type(sys.stdin).__name__, sys.stdout.stream is sys.__stdout__)
    return {}


def stdout_at_import_is_the_same(event, context):
    return {"same": AT_IMPORT is sys.stdout}


AT_IMPORT = sys.stdout


def without_a_line_break(event, context):
    print("no break", end="")
    sys.stderr.write("none here")
    return {}


def bytes_to_the_buffer(event, context):
    print("text first")
    sys.stdout.buffer.write(b"bytes \xff\n")
    sys.stdout.buffer.flush()
    os.write(1, b"to the descriptor\n")
    os.write(2, b"to the other\n")
    print("text last")
    return {}


def surrogates(event, context):
    try:
        print("half \ud83d")
    except UnicodeEncodeError as error:
        return {"error": str(error)}


def surrogate_escapes(event, context):
    print("escaped", os.fsdecode(b"\xe4"), file=sys.stderr)
    return {}


def odd_prints(event, context):
    print()
    print("a", "b", sep="", end="!\n")
    print("flushed", flush=True)
    print("\x00 and \r and \x1b[31mred")
    print("x" * 100_000)
    return {}


def traceback_is_printed(event, context):
    import traceback

    try:
        raise ValueError("printed")
    except ValueError:
        traceback.print_exc()
        traceback.print_exc(file=sys.stdout)
    return {}


def stack_is_printed(event, context):
    import traceback

    traceback.print_stack()
    return {"frames": [frame.name for frame in traceback.extract_stack() if "/task/" in frame.filename]}


def faulthandler_dumps(event, context):
    import faulthandler

    faulthandler.dump_traceback(all_threads=False)
    return {}


def faulthandler_at_a_segfault(event, context):
    import ctypes
    import faulthandler
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    ctypes.string_at(0)


def subprocess_prints(event, context):
    import subprocess

    print("before")
    subprocess.run(["sh", "-c", "echo from a child; echo to stderr >&2"], check=True)
    print("after")
    return {}
