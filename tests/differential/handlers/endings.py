"""Handlers that end their process or try to, and failures beside the handler. Each is called by a row of rows/errors.py."""

import os
import resource
import signal
import sys
import threading
import warnings


def keyboard_interrupt(event, context):
    raise KeyboardInterrupt


def system_exit(event, context):
    raise SystemExit(*event["args"])


def exit_is_caught(event, context):
    try:
        sys.exit(3)
    except SystemExit as error:
        return {"caught": error.code}


class ExitWithState(SystemExit):
    pass


def subclass_of_system_exit(event, context):
    raise ExitWithState(7)


def generator_exit(event, context):
    raise GeneratorExit("outside of a generator")


def base_exception(event, context):
    class Base(BaseException):
        pass

    raise Base("not an Exception")


def hard_exit(event, context):
    print("before the end")
    os._exit(event["code"])


def aborts(event, context):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.abort()


def kills_itself(event, context):
    os.kill(os.getpid(), getattr(signal, event["signal"]))


def fails_in_most_ways(event, context):
    """One environment: failures that it survives, then what ends it."""
    way = event["way"]
    if way == "raise":
        raise ValueError("raised")
    if way == "marshal":
        return {"object": object()}
    if way == "exit":
        sys.exit(5)
    return {"way": way}


def out_of_memory(event, context):
    limit = 512 * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    try:
        return {"size": len(bytearray(2 * limit))}
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def in_a_thread(event, context):
    def fail():
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail, name="worker")
    thread.start()
    thread.join()
    return {"joined": True}


def in_a_thread_with_a_hook(event, context):
    def hook(arguments):
        print("hook:", arguments.exc_type.__name__, arguments.exc_value)

    def fail():
        raise ValueError("in a thread")

    previous, threading.excepthook = threading.excepthook, hook
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    threading.excepthook = previous
    return {"joined": True}


def exits_in_a_thread(event, context):
    thread = threading.Thread(target=sys.exit, args=(9,))
    thread.start()
    thread.join()
    return {"alive": True}


def in_del(event, context):
    class Fragile:
        def __del__(self):
            raise ValueError("while collected")

    Fragile()
    return {"alive": True}


def in_a_weakref_callback(event, context):
    import weakref

    class Thing:
        pass

    def callback(_):
        raise ValueError("in a callback")

    thing = Thing()
    reference = weakref.ref(thing, callback)
    del thing
    return {"alive": reference() is None}


def in_atexit(event, context):
    import atexit

    @atexit.register
    def at_the_end():
        print("atexit runs")
        raise ValueError("at exit")

    sys.exit(4)


def atexit_of_an_uncaught(event, context):
    import atexit

    atexit.register(print, "atexit runs")
    raise KeyboardInterrupt


def excepthook_is_replaced(event, context):
    def hook(kind, value, trace):
        print("hook:", kind.__name__, value)

    sys.excepthook = hook
    raise KeyboardInterrupt("for the hook")


def excepthook_is_not_asked(event, context):
    sys.excepthook = lambda *exception: print("hook:", exception[0].__name__)
    raise ValueError("caught by the runtime")


def warns(event, context):
    warnings.warn("deprecated things", DeprecationWarning, stacklevel=1)
    warnings.warn("user things", UserWarning, stacklevel=1)
    warnings.warn("a resource", ResourceWarning, stacklevel=1)
    return {"warned": True}


def warnings_are_errors(event, context):
    warnings.simplefilter("error")
    warnings.warn("now an error", UserWarning, stacklevel=1)


def filters(event, context):
    return [str(item[:3]) for item in warnings.filters]


def removed_working_directory(event, context):
    os.mkdir(event["folder"])
    os.chdir(event["folder"])
    os.rmdir(event["folder"])
    raise ValueError("nowhere")


def closes_stdout(event, context):
    sys.stdout.close()
    raise ValueError("cannot be printed")


def replaces_the_environment(event, context):
    os.environ.clear()
    raise ValueError("no environment")
