"""Handlers that look at their process and start others. Each is a row of rows/platform.py."""

import asyncio
import contextvars
import gc
import json
import locale
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# What is set where streaming is on.
OF_STREAMING = ("UNUM_", "AWS_ENDPOINT_URL")
# Two signals are the C library's own; what it does with them in a new process is its business.
STANDARD_SIGNALS = (1 << 31) - 1

calls = 0
variable = contextvars.ContextVar("variable", default="unset")


def warm_state(event, context):
    global calls
    calls += 1
    return {"calls": calls, "main": [threading.current_thread() is threading.main_thread()]}


def trace_id(event, context):
    return {
        "trace": os.environ.get("_X_AMZN_TRACE_ID"),
        "child": subprocess.run(["sh", "-c", "echo $_X_AMZN_TRACE_ID"], capture_output=True).stdout.decode(),
    }


def trace_id_is_changed(event, context):
    before = os.environ.get("_X_AMZN_TRACE_ID")
    os.environ["_X_AMZN_TRACE_ID"] = "mine"
    return before


def remaining_time(event, context):
    left = context.get_remaining_time_in_millis()
    return {"type": type(left).__name__, "bounded": 0 <= left <= event["at_most"], "again": [left >= 0]}


def variables(event, context):
    return {"names": [name for name in sorted(os.environ) if not name.startswith(OF_STREAMING)]}


def variables_of_a_child(event, context):
    text = subprocess.run(["env", "-0"], capture_output=True, check=True).stdout.decode()
    names = sorted(line.partition("=")[0] for line in text.split("\0") if line)
    return [name for name in names if not name.startswith(OF_STREAMING)]


def variables_have_values(event, context):
    names = (
        "_HANDLER",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
        "PYTHONPATH",
        "AWS_LAMBDA_RUNTIME_API",
        "TZ",
    )
    return {name: type(os.environ.get(name)).__name__ for name in names}


def changes_the_environment(event, context):
    seen = os.environ.get("MINE")
    os.environ["MINE"] = "yes"
    os.environ.pop("AWS_LAMBDA_FUNCTION_NAME", None)
    return {"seen": seen, "name": context.function_name}


def descriptors(event, context):
    """What a child inherits: nothing but the standard three."""
    command = [sys.executable, "-c", "import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))"]
    inherited = subprocess.run(command, capture_output=True, check=True, close_fds=False).stdout.decode()
    return {"inherited": inherited}


def descriptors_of_a_spawned(event, context):
    read, write = os.pipe()
    os.set_inheritable(write, True)
    command = f"ls /proc/self/fd | wc -l >&{write}"
    child = os.posix_spawn("/bin/bash", ["bash", "-c", command], os.environ)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as file:
        return {"count": file.read()}


def descriptors_may_be_closed(event, context):
    """Daemons close what they do not know, in a child of theirs."""
    child = os.fork()
    if child == 0:
        os.closerange(3, 256)
        os._exit(0)
    return {"status": os.waitpid(child, 0)[1]}


def first_free_descriptor_is_reused(event, context):
    with open(os.devnull) as one:
        number = one.fileno()
    with open(os.devnull) as other:
        return {"same": other.fileno() == number}


def runs_python(event, context):
    command = [sys.executable, "-c", "import json, sys; print(json.dumps([sys.argv, sys.flags.optimize]))"]
    return {"out": subprocess.run([*command, "x"], capture_output=True, check=True).stdout.decode()}


def child_imports_from_the_task(event, context):
    code = "import sys, json; print([p for p in sys.path if p.endswith('/runtime')] != [])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return {"out": done.stdout, "err": done.stderr}


def child_writes(event, context):
    print("before")
    subprocess.run([sys.executable, "-c", "print('from the child')"], check=True)
    print("after")
    return {}


def child_outlives(event, context):
    """A background process of the first invocation's is there in the second."""
    global background
    if event["n"] == 1:
        background = subprocess.Popen(["sleep", "600"])
        return {"started": True}
    running = background.poll() is None
    background.kill()
    return {"running": running, "status": background.wait()}


def child_status(event, context):
    statuses = [
        subprocess.run(["sh", "-c", command]).returncode for command in ("exit 3", "kill -9 $$", "true")
    ]
    return {"statuses": statuses}


def child_reads_stdin(event, context):
    done = subprocess.run(["cat"], capture_output=True, timeout=60)
    return {"read": done.stdout.decode(), "status": done.returncode}


def os_fork_exits(event, context):
    child = os.fork()
    if child == 0:
        os._exit(7)
    return {"status": os.waitpid(child, 0)[1]}


def fork_writes(event, context):
    print("before")
    child = os.fork()
    if child == 0:
        print("in the child")
        os._exit(0)
    os.waitpid(child, 0)
    print("after")
    return {}


def fork_through_a_pipe(event, context):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"from the child")
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    return {"read": os.read(read, 100).decode()}


def fork_raises_and_is_caught(event, context):
    child = os.fork()
    if child == 0:
        try:
            raise ValueError("in the child")
        finally:
            os._exit(3)
    return {"status": os.waitpid(child, 0)[1]}


def alarm(event, context):
    def on_alarm(number, frame):
        raise TimeoutError("the alarm")

    signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    try:
        threading.Event().wait()
    except TimeoutError as error:
        return {"caught": str(error)}


def signal_to_itself(event, context):
    seen = []
    signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    os.kill(os.getpid(), signal.SIGUSR1)
    return {"seen": seen}


def sigterm_handler_is_called(event, context):
    seen = []
    previous = signal.signal(signal.SIGTERM, lambda number, frame: seen.append("term"))
    os.kill(os.getpid(), signal.SIGTERM)
    signal.signal(signal.SIGTERM, previous)
    return {"seen": seen, "previous": str(previous)}


def signal_dispositions(event, context):
    names = ("SIGINT", "SIGTERM", "SIGPIPE", "SIGCHLD", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGXFSZ")
    return {name: str(signal.getsignal(getattr(signal, name))).partition(" at ")[0] for name in names}


def signal_mask(event, context):
    return {"blocked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, [])))}


def signal_masks_of_a_child(event, context):
    wanted = ("SigBlk", "SigIgn", "SigCgt")
    text = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True).stdout
    masks = dict(line.split(":\t") for line in text.splitlines() if line.startswith(wanted))
    return {name: int(mask, 16) & STANDARD_SIGNALS for name, mask in masks.items()}


def sigpipe(event, context):
    read, write = os.pipe()
    os.close(read)
    os.write(write, b"x")


def threads(event, context):
    return {"count": threading.active_count(), "names": [t.name for t in threading.enumerate()]}


def thread_goes_on(event, context):
    """A thread outlives the invocation, and works on in the next."""
    global ticking
    if event["n"] == 1:
        ticking = {"go": threading.Event(), "result": []}

        def work():
            ticking["go"].wait()
            ticking["result"].append("done in the second")

        ticking["thread"] = threading.Thread(target=work)
        ticking["thread"].start()
        return {"alive": ticking["thread"].is_alive()}
    ticking["go"].set()
    ticking["thread"].join()
    return {"result": ticking["result"]}


def daemon_thread_stays(event, context):
    threading.Thread(target=threading.Event().wait, daemon=True, name="waiter").start()
    return {"threads": threading.active_count()}


def executor(event, context):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        return {"squares": list(pool.map(lambda n: n * n, range(5)))}


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


def files_in_tmp(event, context):
    path = Path(event["path"])
    before = path.exists() and path.read_text()
    path.write_text(f"written by {event['n']}")
    return {"before": before, "tempdir": tempfile.gettempdir()}


def task_root_is_readable(event, context):
    return {
        "files": sorted(os.listdir(os.environ["LAMBDA_TASK_ROOT"]))[:3],
        "here": os.getcwd() == os.environ["PWD"],
    }


def working_directory_is_kept(event, context):
    before = os.getcwd()
    os.chdir("/")
    return {"same": before == os.environ["LAMBDA_TASK_ROOT"], "before": before == "/"}


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
