"""Handlers that look at their interpreter. Each is called by a row of rows/platform.py."""

import asyncio
import contextvars
import gc
import json
import locale
import os
import sys
import threading
import time

variable = contextvars.ContextVar("variable", default="unset")


def asyncio_run(event, context):
    async def work(n):
        await asyncio.sleep(0)
        return n * 2

    async def main():
        return await asyncio.gather(*(work(n) for n in range(3)))

    return {"first": [1], "results": asyncio.run(main())}


def asyncio_with_threads(event, context):
    async def main():
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, lambda: threading.current_thread().name.partition("_")[0])

    return {"name": asyncio.run(main())}


def asyncio_fails(event, context):
    async def main():
        await asyncio.sleep(0)
        raise ValueError("in a task")

    asyncio.run(main())


def asyncio_subprocess(event, context):
    async def main():
        process = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        return out.decode(), process.returncode

    return asyncio.run(main())


def asyncio_loop_is_kept(event, context):
    global loop
    if "loop" not in globals():
        loop = asyncio.new_event_loop()
    return {"time": loop.run_until_complete(asyncio.sleep(0, "done")), "closed": loop.is_closed()}


def asyncio_get_event_loop(event, context):
    try:
        return {"loop": type(asyncio.get_event_loop()).__name__}
    except RuntimeError as error:
        return {"error": str(error)}


def context_variables(event, context):
    before = variable.get()
    variable.set(event["n"])
    return {"before": before, "in_a_copy": contextvars.copy_context().run(variable.get)}


def umask(event, context):
    mask = os.umask(0)
    os.umask(mask)
    return {"umask": mask}


def flags(event, context):
    return {"flags": str(sys.flags), "executable": sys.executable, "warnoptions": sys.warnoptions}


def xoptions(event, context):
    return {"x": sys._xoptions, "dont_write": sys.dont_write_bytecode, "prefix": sys.prefix}


def collector(event, context):
    return {
        "enabled": gc.isenabled(),
        "threshold": gc.get_threshold(),
        "debug": gc.get_debug(),
        "callbacks": gc.callbacks,
        "frozen": gc.get_freeze_count(),
    }


def limits_of_python(event, context):
    digits = getattr(sys, "get_int_max_str_digits", lambda: None)()
    return {
        "recursion": sys.getrecursionlimit(),
        "switch": sys.getswitchinterval(),
        "digits": digits,
        "trace": sys.gettrace(),
        "profile": sys.getprofile(),
        "stack": threading.stack_size(),
    }


def recursion_depth_that_is_left(event, context):
    """How deep a handler may recurse: within a few frames of what it may under AWS's runtime."""

    def depth():
        try:
            return 1 + depth()
        except RecursionError:
            return 1

    return {"deep": depth() > 940}


def resource_limits(event, context):
    import resource

    names = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))
    return {name: resource.getrlimit(getattr(resource, name)) for name in names}


def random_is_seeded(event, context):
    import random

    return {"different": random.random() != random.random(), "hash": sys.flags.hash_randomization}


def random_with_a_seed(event, context):
    import random

    random.seed(7)
    return {"numbers": [random.randint(0, 9) for _ in range(5)]}


def locale_and_encodings(event, context):
    return {
        "preferred": locale.getpreferredencoding(False),
        "filesystem": sys.getfilesystemencoding(),
        "errors": sys.getfilesystemencodeerrors(),
        "default": sys.getdefaultencoding(),
        "stdout": [sys.stdout.encoding, sys.stdout.errors],
        "stderr": [sys.stderr.encoding, sys.stderr.errors],
        "stdin": [sys.stdin.encoding, sys.stdin.errors],
        "locale": locale.setlocale(locale.LC_ALL),
        "utf8": sys.flags.utf8_mode,
    }


def stdin(event, context):
    return {"read": sys.stdin.read(), "number": sys.stdin.fileno(), "tty": sys.stdin.isatty()}


def modules_that_users_notice(event, context):
    """What is there that the handler has not imported."""
    wanted = (
        "json",
        "logging",
        "os",
        "sys",
        "traceback",
        "decimal",
        "threading",
        "site",
        "boto3",
        "simplejson",
    )
    return {"there": {name: name in sys.modules for name in wanted}}


def main_module(event, context):
    main = sys.modules["__main__"]
    return {"name": main.__name__, "file": os.path.basename(main.__file__), "spec": main.__spec__}


def own_process(event, context):
    return {
        "pgid": os.getpgid(0) == os.getpgrp(),
        "nice": os.nice(0),
        "uid": os.getuid(),
        "is_first": os.getpid() == 1,
    }


def time_zone(event, context):
    return {"zone": time.tzname, "offset": time.timezone, "tz": os.environ.get("TZ")}


def tracemalloc_works(event, context):
    import tracemalloc

    tracemalloc.start()
    data = [bytes(1000) for _ in range(10)]
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return {"n": len(data), "grown": grown > 10_000}


def profile_and_trace(event, context):
    seen = []

    def tracer(frame, kind, argument):
        seen.append((kind, frame.f_code.co_name))

    def traced():
        return 1

    sys.setprofile(tracer)
    traced()
    sys.setprofile(None)
    return {"seen": [kind for kind, name in seen if name == "traced"]}


def meta_path(event, context):
    return {"finders": [getattr(finder, "__name__", type(finder).__name__) for finder in sys.meta_path]}


def path_hooks(event, context):
    return {"hooks": len(sys.path_hooks), "builtins": [name for name in vars(__builtins__) if "unum" in name]}


def imports_ours(event, context):
    """The layer's module is there for who asks for it; nothing of ours is imported under a short name."""
    ours = [
        name for name in sys.modules if name in ("worker", "channel", "context", "errors", "encoding", "lazy")
    ]
    return {"ours": ours}


def json_module_is_untouched(event, context):
    return {"text": json.dumps({"a": (1, 2.5)}), "encoder": json.JSONEncoder.__module__}
