"""One worker over the protocol: frames of any size, interrupted writes, both ends of the pipes."""

import os

from driver import InitFailed, Unavailable, Value, Worker
from texts import KEYS, PLAIN, returning


def test_events_of_any_size_come_as_they_are(start):
    worker = start(
        "def handler(event, context):\n    return [type(event).__name__, len(event), str(event[-1:])]\n"
    )
    sizes = [1, 65_000, *range(65_436, 65_540, 8), 131_072, 5_000_000]
    for size in sizes:
        assert worker.invoke(b'"' + b"x" * size + b'"').value == ["str", size, "x"]
        outcome = worker.invoke(b"x" * size, content_type="application/octet-stream")
        assert outcome.value == ["bytes", size, "b'x'"]


def test_results_of_any_size_go_as_they_are(start):
    worker = start("def handler(event, context):\n    return 'x' * event\n")
    for size in [1, 65_000, *range(65_486, 65_540, 4), 131_072, 5_000_000]:
        assert worker.invoke(size).body == b'"' + b"x" * size + b'"'


SIGNALLED = """
import json, os, signal, unum_streaming
def handler(event, context):
    rung, read = [], []
    def ring(*args):
        rung.append(1)
        if len(rung) == 2:
            signal.setitimer(signal.ITIMER_REAL, 0)
            os.write({descriptor}, b"second")
            unum_streaming.publish_field("b", 1)
            read.append(event["c"])
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    a = "x" * 300_000
    unum_streaming.publish_field("a", a)
    return {{"a": a, "b": 1, "c": read[0]}}
"""


def test_a_signal_handler_that_publishes_and_reads_while_a_publish_has_to_wait(python, tmp_path):
    rung, descriptor = os.pipe()
    text = SIGNALLED.format(descriptor=descriptor)
    path = tmp_path / "app.py"
    path.write_text(text)
    env = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path)}
    with Worker(python, env=env, pass_fds=(descriptor,)) as worker:
        settings = {
            "handler": "app.handler",
            "module": "app",
            "path": str(path),
            "injected": "__unum__",
            "keys": KEYS,
        }
        worker.init(settings, text)
        # The pipe is full, and nothing is read from it before the handler says that both signals have come.
        worker.send_event({"c": 0}, futures=["c"], publish=True)
        assert os.read(rung, 6) == b"second"
        outcome = worker.serve(lambda name: Value(b"3"))
        assert outcome.kind == "returned", outcome.document
        # On a machine that is slow, both signals may come before the handler's own publish.
        assert sorted(name for name, _ in outcome.early) == ["a", "b"]
        assert outcome.value == {"a": "x" * 300_000, "b": 1, "c": 3}
    os.close(rung)
    os.close(descriptor)


LONG = ["n" * 65_000, "n" * 70_000, "m" * 60_000]


def test_long_names_and_long_messages(start):
    worker = start("""
    def handler(event, context):
        found = []
        for name in list(event):
            try:
                found.append(event[name])
            except Exception as error:
                found.append([type(error).__name__, str(error)[-3:]])
        return found
    """)
    message = f"field `{LONG[2]}` will never come: " + "c" * 9000
    answers = [Value(b"1"), Value(b'"%s"' % (b"v" * 70_000)), Unavailable("source_failed", message)]
    outcome = worker.invoke(dict.fromkeys(LONG), answer=dict(zip(LONG, answers)).__getitem__, futures=LONG)
    assert outcome.value == [1, "v" * 70_000, ["StreamingSourceError", "ccc"]]


def test_a_large_result_goes_out_though_no_descriptor_is_left(start):
    worker = start("""
    import os, resource
    def handler(event, context):
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
        try:
            while True:
                os.open("/dev/null", os.O_RDONLY)
        except OSError:
            return "x" * 3_000_000
    """)
    assert len(worker.invoke({}).body) == 3_000_002


def test_large_values_and_events(start):
    text = "def handler(event, context):\n    a = event['t'] * 4; __unum__.publish('a', (a,))\n    return {'a': a}\n"
    outcome = start(PLAIN, text, keys=["a"]).invoke({"t": "x" * 2_000_000}, publish=True)
    assert len(outcome.early[0][1]) == len(outcome.body) - len('{"a": }') == 8_000_002


def test_publishing_is_seen_while_the_handler_runs(start):
    seen = []
    text = returning("event['b']\n", result='{"a": a, "b": 1, "c": 1}')
    outcome = start(PLAIN, text).invoke(
        {"b": 0},
        publish=True,
        futures=["b"],
        answer=lambda name: Value(b"%d" % len(seen)),
        on_published=seen.append,
    )
    assert seen == [[("a", b"[1]")]] and outcome.waits == [["b"]]


def test_the_end_of_input_ends_an_idle_worker_as_any_program_ends(python, tmp_path):
    (tmp_path / "app.py").write_text(
        "import atexit\natexit.register(print, 'at exit')\ndef handler(e, c):\n    pass\n"
    )
    worker = Worker(python, env={"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path)})
    worker.init({"handler": "app.handler"})
    os.close(worker._to)
    worker._to = os.open(os.devnull, os.O_WRONLY)
    assert (worker.exit_code(), worker.output("stdout"), worker.output("stderr")) == (0, "at exit\n", "")
    worker.close()


def test_a_failed_init_ends_the_process(python, tmp_path):
    with Worker(python, env={"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path)}) as worker:
        failed = worker.init({"handler": "nothing.handler"})
        assert isinstance(failed, InitFailed)
        assert failed.error_type == "Runtime.ImportModuleError"
        assert worker.exit_code() == 1
