"""Handlers that look at their process and start others. Each is a row of rows/platform.py."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

# What is set where streaming is on.
OF_STREAMING = ("UNUM_", "AWS_ENDPOINT_URL")


# Two signals are the C library's own; what it does with them in a new process is its business.
STANDARD_SIGNALS = (1 << 31) - 1


calls = 0


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
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
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
