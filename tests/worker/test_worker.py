"""One worker over the protocol: publishing, waiting, loading, forking, dying."""

import json
import os
import subprocess
import textwrap
from pathlib import Path

import pytest

from driver import InitFailed, Ready, Unavailable, Value, Worker

KEYS = ["a", "b", "c"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(python, tmp_path):
    """Starts a worker whose module `app` has the given text; what differs in the transformed text is `transformed`."""
    workers = []

    def starter(text, transformed=None, keys=KEYS, handler="app.handler", env=None, **settings):
        path = tmp_path / "app.py"
        path.write_text(textwrap.dedent(text))
        worker = Worker(
            python, env={"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path), **(env or {})}
        )
        workers.append(worker)
        if transformed is None:
            assert isinstance(worker.init({"handler": handler}), Ready)
        else:
            settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": keys, **settings}
            ready = worker.init({"handler": handler, **settings}, textwrap.dedent(transformed))
            assert isinstance(ready, Ready), ready
        return worker

    yield starter
    for worker in workers:
        worker.close()


PLAIN = """
def handler(event, context):
    a = [event["n"]]
    b = {"x": a[0] + 1}
    return {"a": a, "b": b, "c": event.get("c")}
"""
TRANSFORMED = """
def handler(event, context):
    a = [event["n"]]; __unum__.offer('a', a)
    b = {"x": a[0] + 1}; __unum__.publish('a', (a,)); __unum__.publish('b', (b,), 'c', (__unum__.peek(event, "c", None),))
    return {"a": a, "b": b, "c": event.get("c")}
"""


def returning(body, before="", result='{"a": a, "b": 1, "c": 2}'):
    """A handler that publishes `a` and then goes on with `body`."""
    return "{}\ndef handler(event, context):\n    a = [1]; __unum__.publish('a', (a,))\n{}    return {}\n".format(
        before, textwrap.indent(textwrap.dedent(body), "    ") if body else "", result
    )


def test_publishes_before_it_returns(start):
    outcome = start(PLAIN, TRANSFORMED).invoke({"n": 1, "c": "x"}, publish=True)
    assert outcome.published == [[("a", b"[1]")], [("b", b'{"x": 2}'), ("c", b'"x"')]]
    assert outcome.body == b'{"a": [1], "b": {"x": 2}, "c": "x"}'
    assert outcome.late == []


def test_each_invocation_publishes_anew(start):
    worker = start(PLAIN, TRANSFORMED)
    for n in range(3):
        assert worker.invoke({"n": n}, publish=True).early[0] == ("a", b"[%d]" % n)


def test_publishes_nothing_unless_the_invocation_says_so(start):
    outcome = start(PLAIN, TRANSFORMED).invoke({"n": 1}, publish=False)
    assert (outcome.published, outcome.late, outcome.kind) == ([], [], "returned")


def test_the_same_body_with_and_without(start):
    event = {"n": 1, "c": {"é": [1.5, None]}}
    bodies = {start(PLAIN, text).invoke(event, publish=True).body for text in (None, TRANSFORMED)}
    assert len(bodies) == 1


def test_late_fields_come_with_the_result(start):
    outcome = start(PLAIN, returning("", result='{"a": a, "b": event, "c": (1, {})}')).invoke(
        {"é": 1}, publish=True
    )
    assert outcome.late == [("b", b'{"\\u00e9": 1}'), ("c", b"[1, {}]")]


def test_no_late_fields_when_nothing_was_published(start):
    outcome = start(PLAIN, "def handler(event, context):\n    return {'a': 1, 'b': 2, 'c': 3}\n").invoke(
        {}, publish=True
    )
    assert (outcome.published, outcome.late) == ([], [])


def changed(start, body, **kw):
    outcome = start(PLAIN, returning(body, **kw)).invoke({}, publish=True)
    assert outcome.kind == "raised", outcome
    assert outcome.error_type == "Unum.FieldChanged"
    return outcome.changed[0]


def test_a_field_changed_behind_our_back(start):
    body = """
        import gc
        for one in gc.get_objects():
            if type(one) is list and len(one) == 1 and one[0] == 1 and one is a:
                one.append(2)
    """
    message = "field `a` was published by app.handler and changed before the return: [1] became [1, 2]"
    assert changed(start, body) == message


def test_another_value_under_the_name(start):
    assert "[1] became 5" in changed(start, "", result='{"a": 5, "b": 1, "c": 2}')


def test_equal_in_python_but_other_bytes(start):
    assert "[1] became [1.0]" in changed(start, "a = [1.0]\n")


@pytest.mark.parametrize(
    ("result", "found"),
    [
        ("{'a': a}", "the result has not the keys ['a', 'b', 'c']: }"),
        ("{'a': a, 'c': 1, 'b': 2}", "the result has not the keys ['a', 'b', 'c']: , \"c\": 1, \"b\": 2}"),
        ("{'a': a, 'b': 1, 'c': 1, 'd': 1}", 'the result has other keys, too: , "d": 1}'),
        ("None", "the result has not the keys ['a', 'b', 'c']: null"),
        ("[a]", "the result has not the keys ['a', 'b', 'c']: [[1]]"),
        ("'text'", "the result has not the keys ['a', 'b', 'c']: \"text\""),
        ("b'raw'", "the result has not the keys ['a', 'b', 'c']: \"raw\""),
    ],
)
def test_another_result_than_foreseen(start, result, found):
    message = "fields were published by app.handler and changed before the return: "
    assert message + found in changed(start, "", result=result)


def test_a_field_that_cannot_be_encoded_fails_as_without_us(start):
    outcome = start(PLAIN, returning("", result='{"a": a, "b": object, "c": 1}')).invoke({}, publish=True)
    assert outcome.error_type == "Runtime.MarshalError"
    assert (
        outcome.document["errorMessage"]
        == "Unable to marshal response: Object of type type is not JSON serializable"
    )


def test_an_exception_after_a_publish_is_the_users(start):
    outcome = start(PLAIN, returning("raise KeyError('k')\n")).invoke({}, publish=True)
    assert (outcome.early, outcome.error_type) == ([("a", b"[1]")], "KeyError")
    assert [line.split(",")[1] for line in outcome.document["stackTrace"]] == [" line 4"]


def test_what_a_failed_invocation_published_is_forgotten(start):
    worker = start(PLAIN, returning("if event: raise KeyError\n"))
    assert worker.invoke({"fail": 1}, publish=True).early == [("a", b"[1]")]
    for publish in (False, True):
        outcome = worker.invoke({}, publish=publish)
        assert (outcome.kind, len(outcome.early), len(outcome.late)) == ("returned", publish, 2 * publish)


def test_surrogates_that_no_response_can_hold(start):
    env = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"}
    text = "def handler(event, context):\n    a = ['\\ud800']; __unum__.publish('a', (a,))\n    return {'a': a}\n"
    outcome = start(PLAIN, text, keys=["a"], env=env).invoke({}, publish=True)
    # As AWS's runtime ends: it makes bytes of the text only when it posts it.
    assert (outcome.published, outcome.kind) == ([], "exited")
    assert start(PLAIN, text, keys=["a"]).invoke({}, publish=True).early == [("a", b'["\\ud800"]')]


HELPED = """
def work(n):
    a = [n]; __unum__.publish('a', (a,))
    return {"a": a, "b": n, "c": 2}


def handler(event, context):
    if event:
        work(1)
    return work(2)
"""


def route(*hops, is_wrapped=False):
    hops = [{"function": name, "first_line": first, "last_line": last} for name, first, last in hops]
    return {"hops": hops, "is_wrapped": is_wrapped}


def test_a_helper_publishes_only_where_its_result_is_returned(start):
    worker = start(PLAIN, HELPED, route=route(("handler", 10, 10)))
    for event in ({}, {"n": 1}):
        outcome = worker.invoke(event, publish=True)
        assert (outcome.early, outcome.kind) == ([("a", b"[2]")], "returned")


@pytest.mark.parametrize(
    "hops", [(), [("handler", 9, 9)], [("other", 10, 10)], [("handler", 10, 10), ("handler", 10, 10)]]
)
def test_a_helper_that_is_reached_another_way_publishes_nothing(start, hops):
    outcome = start(PLAIN, HELPED, route=route(*hops)).invoke({}, publish=True)
    assert (outcome.early, outcome.kind) == ([], "returned")


WRAPPED = """
def passing(function):
    def wrapper(*args):
        return function(*args)
    return wrapper


@passing
@passing
def handler(event, context):
    {}
    a = [1]; __unum__.publish('a', (a,))
    return {{"a": a, "b": 1, "c": 2}}
"""


def test_a_wrapped_handler_publishes_if_the_route_says_so(start):
    for is_wrapped, early in ((True, [("a", b"[1]")]), (False, [])):
        worker = start(PLAIN, WRAPPED.format("pass"), route=route(is_wrapped=is_wrapped))
        assert worker.invoke({}, publish=True).early == early


def test_a_wrapped_handler_that_calls_itself_publishes_its_outermost_result(start):
    text = WRAPPED.format("if event: handler(0, context)").replace("[1]", "[event]")
    outcome = start(PLAIN, text, route=route(is_wrapped=True)).invoke(3, publish=True)
    assert (outcome.early, outcome.kind) == ([("a", b"[3]")], "returned")


def test_a_wrapper_that_calls_twice_publishes_nothing(start):
    twice = "\ndef twice(f):\n    def wrapper(event, context):\n        f(event, context)\n        return f(event, context)\n    return wrapper\n"
    text = twice + "@twice" + returning("")
    assert start(PLAIN, text).invoke({}, publish=True).published == []


def test_a_call_at_import_publishes_nothing(start):
    text = returning("") + "handler({}, None)\n"
    assert start(PLAIN, text).invoke({}, publish=True).early == [("a", b"[1]")]


def test_the_example_of_how_it_decides(start, command_line):
    """docs/how-it-decides.md: `owner` is held by a cache, too, and `last` is computed last."""
    example = ROOT / "docs" / "examples" / "measure.py"
    transformed = subprocess.run([command_line, "transform", example], capture_output=True, text=True).stdout
    keys = ["measured", "changes", "owner", "kind", "last", "version"]
    worker = start(example.read_text(), transformed, keys=keys, handler="app.lambda_handler")
    outcome = worker.invoke({"data": [1, 4, 2], "owner": "Ada"}, publish=True)
    assert [name for name, _ in outcome.early] == ["measured", "version", "changes", "kind"]
    assert outcome.value["changes"] == [3, -2, 0]


def test_the_explicit_way(start):
    body = """
        from unum_streaming import StreamingPublisher, publish_field
        publish_field("c", {"x": event})
        StreamingPublisher(field_names=["b"]).publish("b", 1)
        publish_field("b", 1)
    """
    outcome = start(PLAIN, returning(body, result='{"a": a, "b": 1, "c": {"x": {}}}')).invoke(
        {}, publish=True
    )
    assert outcome.early == [("a", b"[1]"), ("c", b'{"x": {}}'), ("b", b"1")]


@pytest.mark.parametrize(
    "publish, name, message",
    [
        (True, "z", "field `z` cannot be published: app.handler returns `a`, `b`, `c`"),
        (False, "a", "field `a` cannot be published: no invocation is publishing now"),
    ],
)
def test_the_explicit_way_says_why_not(start, publish, name, message):
    text = returning(f"import unum_streaming\nunum_streaming.publish_field({name!r}, 1)\n")
    outcome = start(PLAIN, text).invoke({}, publish=publish)
    assert (outcome.error_type, outcome.document["errorMessage"]) == ("StreamingError", message)
    assert len(outcome.document["stackTrace"]) == 1


def test_what_a_thread_publishes_too_late_belongs_to_no_other_invocation(start):
    before = """
import threading, unum_streaming
begun, go, errors = threading.Event(), threading.Event(), []

class Slow(dict):
    def items(self):
        begun.set()
        go.wait()
        return super().items()

def late():
    try:
        unum_streaming.publish_field("c", Slow(n=1))
    except unum_streaming.StreamingError as error:
        errors.append(str(error))

thread = threading.Thread(target=late)
"""
    body = """
        if not begun.is_set():
            thread.start()
            begun.wait()
        elif not errors:
            go.set()
            thread.join()
    """
    worker = start(PLAIN, returning(body, before, result='{"a": a, "b": len(errors), "c": errors}'))
    first, second = (worker.invoke({}, publish=True) for _ in range(2))
    assert (first.early, first.value["c"]) == ([("a", b"[1]")], [])
    assert second.early == [("a", b"[1]")]
    assert second.value["c"] == ["field `c` cannot be published: its invocation is over"]


def test_the_explicit_way_without_a_transformed_source(start):
    text = "import unum_streaming\ndef handler(event, context):\n    unum_streaming.publish_field('a', 1)\n"
    message = "field `a` cannot be published: the handler runs as written"
    assert start(text).invoke({}, publish=True).document["errorMessage"] == message


# Waiting for fields


def test_a_field_is_waited_for_when_it_is_read(start):
    worker = start("def handler(event, context):\n    return [list(event), event['b'], event['b'], event]\n")
    outcome = worker.invoke(
        {"a": 1, "b": {}, "c": {}}, answer=lambda name: Value(b'"%s!"' % name.encode()), futures=["b", "c"]
    )
    assert outcome.value == [["a", "b", "c"], "b!", "b!", {"a": 1, "b": "b!", "c": "c!"}]
    assert outcome.waits == [["b"], ["c"]]


def test_what_looks_like_a_future_but_is_not_listed_is_data(start):
    ref = {"__unum_future__": True, "session": "s", "key": "a", "source": "A"}
    worker = start("def handler(event, context):\n    return [type(event).__name__, event]\n")
    assert worker.invoke({"a": ref}).value == ["dict", {"a": ref}]


@pytest.mark.parametrize(
    "kind, error",
    [
        ("timeout", "StreamingTimeoutError"),
        ("source_failed", "StreamingSourceError"),
        ("store", "StreamingStoreError"),
        ("unheard of", "StreamingError"),
    ],
)
def test_a_field_that_does_not_come(start, kind, error):
    text = """
    import unum_streaming
    def handler(event, context):
        for _ in range(2):
            try:
                event["b"]
            except getattr(unum_streaming, event["error"]) as caught:
                assert isinstance(caught, unum_streaming.StreamingError)
        event["b"]
    """
    worker = start(text)
    outcome = worker.invoke(
        {"b": None, "error": error}, answer=lambda name: Unavailable(kind, "why"), futures=["b"], source="A"
    )
    assert outcome.document["errorMessage"] == "field `b` of `A`: why"
    assert outcome.error_type == error
    # What did not come in time may still come: it is asked for again each time.
    assert outcome.waits == [["b"]] * (3 if kind == "timeout" else 1)


def test_resolve_future(start):
    text = """
    import unum_streaming as u
    def handler(event, context):
        ref = u.make_future_ref("s", "b", "A")
        found = [u.is_future(ref), u.is_future({}), u.resolve_future(ref)]
        try:
            u.resolve_future(u.make_future_ref("s", "other", "A"))
        except u.StreamingError as error:
            found.append(str(error))
        try:
            u.resolve_future(u.make_future_ref("t", "b", "A"))
        except u.StreamingError as error:
            return found + [str(error), event["b"] is found[2]]
    """
    outcome = start(text).invoke(
        {"b": None}, answer=lambda name: Value(b"[1]"), futures=["b"], source="A", session="s"
    )
    assert outcome.value == [
        *(True, False, [1]),
        "the event has no future for field `other` of `A` in session `s`",
        "the event has no future for field `b` of `A` in session `t`",
        True,
    ]


def test_intermediaries_are_fields(start):
    body = """
        from unum_streaming import StreamingError, read_intermediary, write_intermediary
        write_intermediary("b", 2)
        try:
            read_intermediary("other")
        except StreamingError as error:
            c = [read_intermediary("later"), str(error)]
    """
    outcome = start(PLAIN, returning(body, result='{"a": a, "b": 2, "c": c}')).invoke(
        {"later": None}, publish=True, answer=lambda name: Value(b"3"), futures=["later"], source="A"
    )
    assert ("b", b"2") in outcome.early
    assert outcome.value["c"] == [3, "the event has no future for field `other`"]


def test_an_old_event_in_a_later_invocation(start):
    text = "KEPT = []\ndef handler(event, context):\n    KEPT.append(event)\n    return KEPT[0]['b']\n"
    worker = start(text)
    assert worker.invoke({"b": 0}, answer=lambda name: Value(b"1"), futures=["b"]).value == 1
    worker = start(
        "KEPT = []\ndef handler(event, context):\n    KEPT.append(event)\n    return len(KEPT) > 1 and KEPT[0]['b']\n"
    )
    worker.invoke({"b": 0}, futures=["b"], source="A")
    outcome = worker.invoke({"b": 0}, futures=["b"], source="A")
    assert (
        outcome.document["errorMessage"] == "field `b` of `A` was first read after the invocation that got it"
    )


def test_several_threads_read_at_once(start):
    text = """
    import threading
    def handler(event, context):
        found = {}
        def read(name):
            found[name] = event[name]
        threads = [threading.Thread(target=read, args=(name,)) for name in list(event) * 4]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        return dict(sorted(found.items()))
    """
    names = [str(n) for n in range(10)]
    outcome = start(text).invoke(
        dict.fromkeys(names), answer=lambda name: Value(name.encode()), futures=names
    )
    assert outcome.value == {name: int(name) for name in names}


def test_a_signal_handler_that_raises_during_a_wait(start):
    text = """
    import signal
    class Late(Exception):
        pass
    def ring(signum, frame):
        # Only where the field has been asked for, and its wait is under way.
        if frame.f_code.co_name == "receive" and frame.f_back.f_code.co_name == "_wait":
            raise Late
        signal.setitimer(signal.ITIMER_REAL, 0.01)
    signal.signal(signal.SIGALRM, ring)
    armed = []
    def handler(event, context):
        if not armed:
            armed.append(True)
            signal.setitimer(signal.ITIMER_REAL, 0.05)
        try:
            event["b"]
        except Late:
            return ["late", event["c"], event["b"]]
    """
    worker = start(text)
    held = []

    def answer(name):
        if name == "b" and not held:
            held.append(name)
            return None  # comes when the handler has given up and asks again
        return Value(b'"%s"' % name.encode())

    assert worker.invoke({"b": 0, "c": 0}, answer=answer, futures=["b", "c"]).value == ["late", "c", "b"]
    assert (
        worker.invoke({"b": 0, "c": 0}, answer=lambda name: Value(b"1"), futures=["b", "c"]).kind
        == "returned"
    )


def test_a_large_value_is_whole_however_often_it_is_interrupted(start):
    text = """
    import signal
    class Late(Exception):
        pass
    def handler(event, context):
        left = 50
        def ring(signum, frame):
            nonlocal left
            if left and frame.f_code.co_filename != __file__:  # within the access, not around it
                left -= 1
                raise Late
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        while True:
            try:
                value = event["b"]
            except Late:
                continue
            left = 0  # `signal.signal` is Python code, too
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            signal.setitimer(signal.ITIMER_REAL, 0)
            return [len(value), value.strip("xy"), event["c"]]
    """
    worker = start(text)
    value = Value(b'"' + b"x" * 1_500_000 + b"-" + b"y" * 1_500_000 + b'"')
    for _ in range(3):
        outcome = worker.invoke(
            {"b": 0, "c": 0},
            answer=lambda name: value if name == "b" else Value(b"1"),
            futures=["b", "c"],
        )
        assert outcome.kind == "returned", outcome.document
        assert outcome.value == [3_000_001, "-", 1]


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


def test_tools_around_an_invocation_get_its_event_as_bytes(start):
    worker = start("""
    import sys
    runtime = sys.modules["__main__"].awslambdaricmain.bootstrap
    original, seen = runtime.handle_event_request, []
    def wrapped(client, handler, invoke_id, event_body, *others, **more):
        seen.append([type(event_body).__name__, len(event_body)])
        return original(client, handler, invoke_id, event_body, *others, **more)
    runtime.handle_event_request = wrapped
    def handler(event, context):
        return seen
    """)
    for size in (1, 65_400, 100_000):
        seen = worker.invoke(b'"' + b"x" * size + b'"').value
        assert seen[-1] == ["bytes", size + 2]


def test_a_package_of_ours_that_is_loaded_already_stays(python, tmp_path):
    (tmp_path / "app.py").write_text(
        textwrap.dedent("""
        import unum_streaming
        from unum_streaming import StreamingError
        def handler(event, context):
            import unum_streaming as now, unum_streaming.errors
            return [now is unum_streaming, now.errors.StreamingError is StreamingError]
        """)
    )
    (tmp_path / "sitecustomize.py").write_text("import app\n")
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'layer' / 'python'}:{tmp_path}",
        "LAMBDA_TASK_ROOT": str(tmp_path),
    }
    with Worker(python, env=env) as worker:
        worker.init({"handler": "app.handler"})
        assert worker.invoke({}).value == [True, True]


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


def test_the_context_says_what_the_environment_says_now(start):
    worker = start("""
    import os
    own = os.environ
    def handler(event, context):
        found = [context.function_name, type(context.function_name).__name__]
        if event == "plain":
            os.environ = dict(own, AWS_LAMBDA_FUNCTION_NAME="other")
        elif event is None:
            del os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        else:
            os.environ["AWS_LAMBDA_FUNCTION_NAME"] = event
        return found
    """)
    events = ["f", "", "ü", None, "plain", "last"]
    expected = [None, "f", "", "ü", None, "other"]
    assert [worker.invoke(event).value for event in events] == [[one, type(one).__name__] for one in expected]


def test_a_late_answer_is_no_event(start):
    worker = start("def handler(event, context):\n    return event\n")
    worker.reply("b", Value(b"1"))
    worker.reply("b", Unavailable("timeout", "late"))
    assert worker.invoke(5).value == 5


# Forking


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


def test_a_forked_child_cannot_wait(start):
    text = """
    import os
    def handler(event, context):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                event["b"]
            except BaseException as error:
                os.write(write, (type(error).__name__ + ": " + str(error)).encode())
            os._exit(0)
        os.waitpid(pid, 0)
        return [os.read(read, 1000).decode(), event["b"]]
    """
    message, value = start(text).invoke({"b": 0}, answer=lambda name: Value(b"1"), futures=["b"]).value
    assert message.startswith("StreamingError: field `b` was not read before the process forked")
    assert value == 1


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


# Loading


def test_the_module_looks_as_if_loaded_from_its_file(start, tmp_path):
    text = """
    import importlib, inspect, sys
    def handler(event, context):
        module = sys.modules["app"]
        source = inspect.getsource(module)
        found = [module.__file__, "publish" + "(" in source, source == module.__loader__.get_source("app"),
                 [type(finder).__name__ for finder in sys.meta_path if "unum" in type(finder).__module__]]
        importlib.reload(module)
        return found + ["__unum__" in module.handler.__code__.co_names, "__unum__" in handler.__code__.co_names]
    """
    transformed = textwrap.dedent(text).replace(
        "    module =", "    a = 1; __unum__.publish('a', (a,)); module ="
    )
    worker = start(text, transformed)
    found = worker.invoke({}).value
    assert found[:3] == [str(tmp_path / "app.py"), False, True]
    assert set(found[3]) <= {"_AfterLogging"}
    assert found[4:] == [False, True] or found[4:] == [
        False,
        False,
    ]  # the running handler's globals are the module's


def test_no_bytecode_of_the_transformed_text_is_kept(start, tmp_path):
    start(PLAIN, TRANSFORMED)
    assert not (tmp_path / "__pycache__").exists()


def test_a_valid_bytecode_file_does_not_win(start, tmp_path):
    start(PLAIN).invoke({"n": 1})
    assert list((tmp_path / "__pycache__").glob("app.*.pyc"))
    assert start(PLAIN, TRANSFORMED).invoke({"n": 1}, publish=True).published


def test_another_file_than_the_transformed_one_runs_as_written(start, tmp_path):
    worker = start(PLAIN, TRANSFORMED, path=str(tmp_path / "other.py"))
    outcome = worker.invoke({"n": 1}, publish=True)
    assert (outcome.kind, outcome.published, outcome.late) == ("returned", [], [])


def test_a_text_that_does_not_compile_runs_as_written(start):
    assert start(PLAIN, "def handler(:\n").invoke({"n": 1}, publish=True).value["a"] == [1]


def test_a_transformed_module_in_a_package(start, tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "app.py").write_text(textwrap.dedent(PLAIN))
    settings = {"handler": "package/app.handler", "module": "package.app", "path": str(package / "app.py")}
    assert start(PLAIN, TRANSFORMED, **settings).invoke({"n": 1}, publish=True).published


def test_another_injected_name(start):
    text = TRANSFORMED.replace("__unum__", "__unum_1__")
    assert start(PLAIN, text, injected="__unum_1__").invoke({"n": 1}, publish=True).published


def test_our_modules_are_the_ones_that_users_import(start):
    text = """
    import sys, unum_streaming, unum_streaming.worker
    def handler(event, context):
        main = sys.modules["__main__"]
        return [sorted(n for n in sys.modules if n.split(".")[0] in ("worker", "channel", "lazy", "start", "encoding")),
                unum_streaming.worker.futures is not None, sorted(set(unum_streaming.__all__) - set(dir(unum_streaming))),
                main.__name__, unum_streaming.LazyFutureDict is type(event)]
    """
    outcome = start(text).invoke({"b": 0}, futures=["b"])
    assert outcome.value == [[], True, [], "__main__", True]


def test_paths_where_python_path_is_not_set(start, tmp_path, python):
    text = "import sys\nPATH = list(sys.path)\ndef handler(event, context):\n    return [PATH, sys.argv]\n"
    path, argv = start(text).invoke({}).value
    layer = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + "/layer/python"
    assert path[0] == str(tmp_path)
    assert path[2] == layer
    assert path[1].startswith(layer + "/lib/python3.") and path[1].endswith("/site-packages")
    assert not [entry for entry in path if entry.endswith("unum_streaming")]
    assert argv == ["/var/runtime/bootstrap.py"]


def test_a_module_of_the_users_may_be_called_as_one_of_ours(start, tmp_path):
    for name in ("worker", "errors", "lazy"):
        (tmp_path / (name + ".py")).write_text("NAME = 'mine'\n")
    text = "import errors, lazy, worker\ndef handler(event, context):\n    return [errors.NAME, lazy.NAME, worker.NAME, event['b']]\n"
    assert start(text).invoke({"b": 0}, answer=lambda name: Value(b"1"), futures=["b"]).value == [
        "mine"
    ] * 3 + [1]


@pytest.mark.parametrize(
    "module", ["json", "logging", "traceback", "inspect", "re", "typing", "threading", "socket"]
)
def test_nothing_costly_is_loaded_before_the_handler(python, start, module):
    text = "import sys\nLOADED = set(sys.modules)\ndef handler(event, context):\n    return sorted(LOADED)\n"
    transformed = text.replace("return", "__unum__.publish('a', (1,)); return")
    bare = subprocess.run(
        [str(python), "-c", "import sys; print(*sys.modules)"], stdout=subprocess.PIPE, env={}
    )
    assert module not in set(start(text, transformed).invoke({}).value) - set(bare.stdout.decode().split())


def test_users_may_break_json(start):
    text = """
    import json, builtins
    def handler(event, context):
        json.dumps = json.loads = json.JSONEncoder = None
        a = [1]; __unum__.publish('a', (a,))
        return {"a": a}
    """
    outcome = start(PLAIN, text, keys=["a"]).invoke({}, publish=True)
    assert (outcome.early, outcome.body) == ([("a", b"[1]")], b'{"a": [1]}')


# The pipes


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


def test_framed_logs(python, tmp_path):
    text = "import logging\ndef handler(e, c):\n    logging.error('é')\n    c.log('x')\n    logging.log(15, 'low')\n    raise ValueError('v')\n"
    (tmp_path / "app.py").write_text(text)
    for form, kinds in (
        ("Text", [0xA55A0017, 0xA55A0003, 0xA55A0017]),
        ("JSON", [0xA55A0016, 0xA55A0003, 0xA55A0016]),
    ):
        log = os.open(str(tmp_path / form), os.O_RDWR | os.O_CREAT)
        os.set_inheritable(log, True)
        env = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path), "AWS_LAMBDA_LOG_LEVEL": "INFO"}
        env.update(AWS_LAMBDA_LOG_FORMAT=form, _LAMBDA_TELEMETRY_LOG_FD=str(log))
        with Worker(python, env=env, pass_fds=(log,)) as worker:
            worker.init({"handler": "app.handler"})
            outcome = worker.invoke({})
        assert (outcome.kind, outcome.stdout) == ("raised", "")
        data, found = os.pread(log, 1 << 16, 0), []
        os.close(log)
        while data:
            size = int.from_bytes(data[4:8], "big")
            found.append((int.from_bytes(data[:4], "big"), data[16 : 16 + size].decode()))
            data = data[16 + size :]
        assert [kind for kind, _ in found] == kinds
        assert found[1][1] == "x"
        assert "é" in found[0][1] and "ValueError" in found[2][1]
        if form == "JSON":
            assert json.loads(found[0][1])["message"] == "é"


WAITING_THREAD = """
import _thread

def wait(event, key):
    try:
        event[key]
    except Exception:
        pass

def handler(event, context):
    if event.get("again"):
        return "next event"
    _thread.start_new_thread(wait, (event, "b"))
"""


def test_a_thread_that_waits_holds_up_neither_publishing_nor_the_return(start):
    # The wait for `b` is answered only after the return.
    text = WAITING_THREAD + "    a = [1]; __unum__.publish('a', (a,))\n    return {'a': a, 'b': 1, 'c': 1}\n"
    worker = start(PLAIN, text)
    outcome = worker.invoke({"b": 0}, publish=True, futures=["b"], answer=lambda name: None)
    assert (outcome.kind, outcome.early) == ("returned", [("a", b"[1]")])
    worker.reply("b", Unavailable("timeout", "the invocation ended"))
    assert worker.invoke({"again": 1}, publish=True).value == "next event"
