"""One worker over the protocol: processes that the handler starts."""

import pytest

from driver import Unavailable, Value
from texts import PLAIN

FORKS = """
import os, sys
def handler(event, context):
    pid = os.fork()
    if pid == 0:
        {child}
    os.waitpid(pid, 0)
    a = [1]; __unum__.publish('a', (a,))
    return {{"a": a}}
"""


@pytest.mark.parametrize(
    "child",
    [
        "os._exit(0)",
        "sys.exit(0)",
        "return {'a': [2]}",
        "a = [3]; __unum__.publish('a', (a,)); os._exit(0)",
        "raise ValueError('in the child')",
    ],
)
def test_a_forked_child_writes_no_frame(start, child):
    worker = start(PLAIN, FORKS.format(child=child), keys=["a"])
    for _ in range(2):
        outcome = worker.invoke({}, publish=True)
        assert (outcome.kind, outcome.body, outcome.early) == ("returned", b'{"a": [1]}', [("a", b"[1]")])


READS_IN_A_CHILD = """
import os
def handler(event, context):
    event["a"]
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(write, str(event["b"] + event["c"]).encode())
        except BaseException as error:
            os.write(write, (type(error).__name__ + ": " + str(error)).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    return os.read(read, 1000).decode()
"""


def test_a_forked_child_reads_what_its_parent_has_waited_for(start):
    worker = start(READS_IN_A_CHILD)
    for _ in range(2):
        outcome = worker.invoke(
            {"a": 0, "b": 0, "c": 0}, answer=lambda name: Value(b"2"), futures=["a", "b", "c"]
        )
        assert (outcome.value, outcome.waits) == ("4", [["a"], ["b", "c"]])
    assert worker.invoke({"a": 1, "b": 1, "c": 1}).value == "2"


def test_a_forked_child_learns_why_a_field_is_not_there(start):
    def answer(name):
        return (
            Unavailable(name == "b" and "source_failed" or "timeout", "why") if name != "a" else Value(b"2")
        )

    text = READS_IN_A_CHILD.replace('event["b"] +', "")
    for handler, told in [
        (READS_IN_A_CHILD, "StreamingSourceError: field `b` of `A`: why"),
        (text, "StreamingError: field `c` was not read before the process forked"),
    ]:
        outcome = start(handler).invoke(
            {"a": 0, "b": 0, "c": 0}, answer=answer, futures=["a", "b", "c"], source="A"
        )
        assert outcome.value.startswith(told)


def test_nothing_is_waited_for_before_a_fork_while_an_alarm_is_set(start):
    # What the alarm's handler raises in a hook is printed, and the program goes on.
    text = READS_IN_A_CHILD.replace("import os\n", "import os, signal\n").replace(
        "    read, write", "    signal.setitimer(signal.ITIMER_REAL, 1000)\n    read, write"
    )
    outcome = start(text).invoke(
        {"a": 0, "b": 0, "c": 0}, answer=lambda name: Value(b"2"), futures=["a", "b", "c"], source="A"
    )
    assert outcome.value.startswith("StreamingError: field `b` was not read before the process forked")
    assert outcome.waits == [["a"]]


def test_each_fork_waits_once_for_what_does_not_come(start):
    text = READS_IN_A_CHILD.replace(
        "    read, write", "    os.fork() or os._exit(0)\n    os.wait()\n    read, write"
    )
    outcome = start(text).invoke(
        {"a": 0, "b": 0, "c": 0},
        answer=lambda name: Value(b"2") if name == "a" else Unavailable("timeout", "late"),
        futures=["a", "b", "c"],
    )
    assert outcome.waits == [["a"], ["b", "c"]]


def test_a_child_of_a_child_keeps_its_own_descriptors(start):
    text = """
    import os
    def handler(event, context):
        child = os.fork()
        if child == 0:
            pipes = [os.pipe() for _ in range(8)]  # with the numbers, too, that the worker's had
            if os.fork() == 0:
                for _, write in pipes:
                    os.write(write, b"x")
                os._exit(0)
            os.wait()
            for read, write in pipes:
                os.close(write)
            os._exit(0 if all(os.read(read, 9) == b"x" for read, _ in pipes) else 1)
        return os.waitpid(child, 0)[1]
    """
    assert start(text).invoke({}).value == 0


def test_multiprocessing(start):
    text = """
    import multiprocessing
    def square(n):
        return n * n
    def handler(event, context):
        with multiprocessing.get_context(event["how"]).Pool(2) as pool:
            return pool.map(square, range(4))
    """
    worker = start(text)
    for how in ("fork", "spawn"):
        assert worker.invoke({"how": how}).value == [0, 1, 4, 9]


def test_subprocesses_inherit_no_descriptor_of_ours(start):
    text = """
    import os, subprocess, sys
    def handler(event, context):
        code = "import os; print([fd for fd in range(3, 64) if os.path.exists('/proc/self/fd/%d' % fd)])"
        return subprocess.run([sys.executable, "-c", code], close_fds=False, stdout=subprocess.PIPE).stdout.decode()
    """
    assert start(text).invoke({}).value.strip() in ("[]", "[3]")  # 3: the listing itself, on some kernels
