"""One worker over the protocol: what it publishes, and what comes with the result."""

import subprocess
from pathlib import Path

import pytest

from texts import PLAIN, TRANSFORMED, returning

ROOT = Path(__file__).resolve().parents[2]


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


AT_THE_LIMIT = """
import sys
class Own:
    def call(self, *pairs):
        return pairs
def handler(event, context):
    a = [1]
    limit, found = sys.getrecursionlimit(), []
    calls = (Own().call, __unum__.publish, __unum__.offer, __unum__.emit, __unum__.passed, __unum__.peek)
    for lower in range(1, 200):
        try:
            sys.setrecursionlimit(lower)
        except RecursionError:
            continue
        failed = 0
        for number, call in enumerate(calls):
            try:
                call(event, "k") if number == 5 else call(0) if number == 4 else call("a", (a,))
            except RecursionError:
                failed += 1
        sys.setrecursionlimit(limit)
        found.append(failed)
    return {"a": a, "b": found, "c": 1}
"""


def test_no_call_of_ours_fails_at_the_recursion_limit_where_any_call_may_be_made(start):
    outcome = start(PLAIN, AT_THE_LIMIT, guards=1).invoke({"k": 1}, publish=True)
    assert outcome.kind == "returned", outcome
    assert {*outcome.value["b"]} <= {0, 6}
    assert outcome.value["b"][-1] == 0


REFUSING = """
import sys
class Refused(Exception):
    pass
refusing = [False]
def hook(name, args):
    if name == "sys._getframe" and refusing[0]:
        raise Refused(name)
sys.addaudithook(hook)
def handler(event, context):
    refusing[0] = event["refusing"]
    a = [1]; __unum__.publish("a", (a,)); __unum__.offer("b", 2); __unum__.emit("c", (3,))
    refusing[0] = event["goes on"]
    return {"a": a, "b": 2, "c": 3}
"""


def test_an_audit_hook_that_refuses_frames_holds_fields_back_and_is_no_error(start):
    worker = start(PLAIN, REFUSING)
    outcomes = [
        worker.invoke({"refusing": refusing, "goes on": goes_on}, publish=True)
        for refusing, goes_on in [(True, True), (False, False), (False, False)]
    ]
    assert [outcome.kind for outcome in outcomes] == ["returned"] * 3, outcomes
    # It begins in the first one, behind our call of the handler, and ends in the second one.
    assert [len(outcome.early) for outcome in outcomes] == [0, 0, 3]
    assert {outcome.body for outcome in outcomes} == {b'{"a": [1], "b": 2, "c": 3}'}


HELPED = """
def work(n):
    a = [n]; __unum__.publish('a', (a,))
    return {"a": a, "b": n, "c": 2}


def handler(event, context):
    if event:
        work(1)
    return work(2)
"""


def route(*hops, wrappers=(), file=""):
    hops = [
        {"file": file, "function": name, "first_line": first, "last_line": last} for name, first, last in hops
    ]
    return {"hops": hops, "wrappers": [*wrappers]}


def wrapper(function, first_line, file=""):
    return {"file": file, "function": function, "first_line": first_line}


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


def test_so_does_one_that_a_function_of_another_file_calls(start):
    worker = start(PLAIN, HELPED, route=route(("handler", 10, 10), file="/var/task/other.py"))
    outcome = worker.invoke({}, publish=True)
    assert (outcome.early, outcome.kind) == ([], "returned")


HOLDING = """
class Holding:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


def work(n):
    a = [n]; __unum__.publish('a', (a,))
    return {"a": a, "b": n, "c": 2}


def same(value, *more):
    return value


def handler(event, context):
    with Holding(), Holding() as held:
        {}
"""


@pytest.mark.parametrize(
    ("statement", "is_returned"),
    [
        ("return work(2)", True),
        ("return work(2) if held else {}", True),
        ("return {} if not held else work(2)", True),
        ("work(2); return {'a': [2], 'b': 2, 'c': 2}", False),
        ("result = work(2); return result", False),
        ("return same(work(2))", False),
        ("return same(work(2) if held else 1, 2, None)", False),
        ("return [work(2), None, None, None][0]", False),
        ("return (work(2), work(3))[0]", False),
        ("return work(2) or 3", False),
        ("return held and work(2)", True),
    ],
)
def test_a_helper_inside_with_publishes_only_where_its_result_is_returned(start, statement, is_returned):
    worker = start(PLAIN, HOLDING.replace("{}\n", statement + "\n"), route=route(("handler", 21, 21)))
    outcome = worker.invoke({}, publish=True)
    assert (outcome.early, outcome.kind) == ([("a", b"[2]")] if is_returned else [], "returned")


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


TWICE = [wrapper("wrapper", 3)] * 2
OF_THE_MODULE = {"modules": ["app"]}


@pytest.mark.parametrize(
    ("wrappers", "publishes"),
    [
        (TWICE, True),
        ([OF_THE_MODULE], True),
        ([TWICE[0], {"modules": ["other"]}, OF_THE_MODULE], True),
        ([], False),
        (TWICE[:1], False),
        ([{"modules": ["ap", "app.more"]}], False),
        ([wrapper("wrapper", 4), TWICE[0]], False),
        ([wrapper("other", 3), TWICE[0]], False),
        ([TWICE[0], wrapper("wrapper", 3, "/var/task/other.py")], False),
        ([TWICE[0], {"modules": ["other"]}], False),
    ],
)
def test_a_wrapped_handler_publishes_if_the_route_says_so(start, wrappers, publishes):
    outcome = start(PLAIN, WRAPPED.format("pass"), route=route(wrappers=wrappers)).invoke({}, publish=True)
    assert (outcome.early, outcome.kind) == ([("a", b"[1]")] if publishes else [], "returned")


def test_a_wrapped_handler_that_calls_itself_publishes_its_outermost_result(start):
    text = WRAPPED.format("if event: handler(0, context)").replace("[1]", "[event]")
    for wrappers in (TWICE, [OF_THE_MODULE]):
        outcome = start(PLAIN, text, route=route(wrappers=wrappers)).invoke(3, publish=True)
        assert (outcome.early, outcome.kind) == ([("a", b"[3]")], "returned")


def test_what_stands_in_the_way_is_told_once(start, tmp_path):
    worker = start(PLAIN, WRAPPED.format("pass"), route=route(wrappers=TWICE[:1]))
    first, second = (worker.invoke({}, publish=True) for _ in range(2))
    where = f"{tmp_path}/app.py:4"
    assert (
        first.held_back
        == f"`handler` was called by way of `wrapper` ({where}), whose result may be another one"
    )
    assert (first.early, second.early, second.held_back) == ([], [], None)


ALSO_IN_A_THREAD = """
import threading

def handler(event, context):
    if event and threading.current_thread() is threading.main_thread():
        thread = threading.Thread(target=handler, args=(event, context))
        thread.start()
        thread.join()
        if event == "only":
            return {"a": [1], "b": 1, "c": 2}
    a = [1]; __unum__.publish('a', (a,))
    return {"a": a, "b": 1, "c": 2}
"""


def test_what_goes_ahead_after_all_is_not_told(start):
    worker = start(PLAIN, ALSO_IN_A_THREAD)
    outcomes = [worker.invoke(event, publish=True) for event in ("", "too", "only")]
    assert [len(outcome.early) for outcome in outcomes] == [1, 1, 0]
    assert [outcome.held_back for outcome in outcomes[:2]] == [None, None]
    assert "`handler` was called by way of `run`" in outcomes[2].held_back


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


MONITORED = """
import sys
monitoring = getattr(sys, "monitoring", None)

def handler(event, context):
    if monitoring and event:
        monitoring.use_tool_id(3, "tool")
        if event == "told":
            monitoring.set_events(3, monitoring.events.PY_START)
        elif event == "told of this":
            monitoring.set_local_events(3, handler.__code__, monitoring.events.LINE)
    a = [1]; __unum__.publish('a', (a,))
    if monitoring and event:
        monitoring.free_tool_id(3)
    return {"a": a, "b": 1, "c": monitoring is not None}
"""


def test_whoever_is_told_what_the_handler_does_is_not_told_of_ours(start):
    worker = start(MONITORED, MONITORED)
    for event, is_told in ((None, False), ("idle", False), ("told", True), ("told of this", True)):
        outcome = worker.invoke(event, publish=True)
        has_tools = outcome.value["c"]
        assert [name for name, _ in outcome.early] == ([] if is_told and has_tools else ["a"]), event
        assert (outcome.held_back is not None) == (event == "told" and has_tools), event  # once is enough


LOOKED_AT = """
import sys
SEEN = []
def look(frame, what, _):
    if frame.f_code is handler.__code__ and what in ("line", "return"):
        SEEN.append(frame.f_lineno)
    return look
def begin(how):
    if how == "trace":
        sys._getframe(1).f_trace = look
        sys.settrace(look)
    elif how == "profile":
        sys.setprofile(look)
def end():
    sys.settrace(None)
    sys.setprofile(None)
def handler(event, context):
    del SEEN[:]
    a = [1]; __unum__.publish('a', (a,))
    begin(event)
    b = 1; __unum__.publish('b', (b,))
    len(a)
    end()
    c = SEEN[:]; __unum__.publish('c', (c,))
    return {"a": a, "b": b, "c": c}
"""


def test_who_begins_to_look_later_sees_one_call_and_every_line_behind_it(start):
    worker = start(PLAIN, LOOKED_AT)
    for how, early, seen in (("", ["a", "b", "c"], []), ("trace", ["a"], [22, 23]), ("profile", ["a"], [])):
        outcome = worker.invoke(how, publish=True)
        assert ([name for name, _ in outcome.early], outcome.value["c"]) == (early, seen), how
        reason = "a debugger, profiler or tracer is told what it does"
        assert outcome.held_back == (reason if how == "trace" else None), how


def test_what_is_not_there_is_not_published(start):
    text = """
    def handler(event, context):
        r = {"a": 1, "b": 2}; __unum__.offer('c', r.get('c', __unum__)); __unum__.publish('c', (r.get('c', __unum__),))
        r["c"] = 3; __unum__.offer('c', r.get('c', __unum__))
        return r
    """
    outcome = start(PLAIN, text).invoke({}, publish=True)
    assert (outcome.early, outcome.value) == ([("c", b"3")], {"a": 1, "b": 2, "c": 3})


STRUCK = """
import ctypes, functools
import unum_streaming.publisher
class Struck(Exception):
    pass
strike = functools.partial(ctypes.pythonapi.PyErr_SetObject, ctypes.py_object(Struck), ctypes.py_object(Struck()))
def handler(event, context):
    unum_streaming.publisher.getprofile = strike
    seen = False
    a = [1]
    try:
        __unum__.publish('a', (a,))
    except Struck:
        seen = True
    return {"a": a, "b": 1, "c": seen}
"""


def test_what_another_thread_raises_while_a_field_is_published_is_the_handlers(start):
    """As packages do that limit how long a call takes. `PyErr_SetObject` raises it where our code runs, without a frame."""
    outcome = start(PLAIN, STRUCK).invoke({}, publish=True)
    assert outcome.value == {"a": [1], "b": 1, "c": True}
