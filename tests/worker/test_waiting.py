"""One worker over the protocol: fields that are waited for."""

import re

import pytest

from driver import LAYER, Unavailable, Value, Worker
from texts import PLAIN, returning


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


def test_what_a_handler_leaves_is_gone_when_it_returns_though_it_waited(start):
    text = """
    GONE = []
    class Resource:
        def __del__(self):
            GONE.append(1)
    def handler(event, context):
        resource = Resource()
        return [len(GONE), event["b"]]
    """
    worker = start(text)
    for number in range(3):
        assert worker.invoke({"b": 0}, answer=lambda name: Value(b"5"), futures=["b"]).value == [number, 5]


READS = """
import sys, unum_streaming
def calls(event):
    seen = []
    sys.setprofile(lambda frame, what, _: what == "call" and seen.append(frame.f_code.co_name))
    try:
        event["b"], event.get("a"), event.items(), event.values(), [*event], {**event}, dict(event)
    except unum_streaming.StreamingError as error:
        seen.append(str(error))
    finally:
        sys.setprofile(None)
    return seen
def handler(event, context):
    first, second = calls(event), calls(event)
    assert first, first
    return [second, type(event).__name__, isinstance(event, unum_streaming.LazyFutureDict)]
"""


def test_once_every_field_was_read_reads_are_a_dicts_own(start):
    outcome = start(READS).invoke(
        {"a": 1, "b": {}, "c": {}}, answer=lambda name: Value(b"2"), futures=["b", "c"]
    )
    assert outcome.value == [[], "dict", True]


def test_a_field_that_failed_fails_each_time_it_is_read(start):
    answers = {"b": Value(b"2"), "c": Unavailable("source_failed", "why")}
    outcome = start(READS).invoke(
        {"a": 1, "b": {}, "c": {}}, answer=answers.get, futures=["b", "c"], source="A"
    )
    assert outcome.value[0][-1] == "field `c` of `A`: why"


PAST_METHODS = """
import sys
def handler(event, context):
    if event.get("import"):
        try:
            import orjson
        except ImportError:
            pass
    stored = dict.get(event, "b")  # as compiled code reads it
    return [type(event).__name__, type(stored).__name__]
"""


def test_where_a_package_reads_past_a_dicts_methods_the_event_is_whole(start, tmp_path):
    (tmp_path / "orjson.py").write_text("")
    event = {"b": 0, "c": 0}
    more = {"answer": lambda name: Value(b"1"), "futures": ["b", "c"]}
    worker = start(PAST_METHODS)
    lazily = worker.invoke(event, **more)
    assert (lazily.value, lazily.waits) == (["dict", "UnumPendingField"], [])
    # Loaded in the middle of an invocation, and before the next one.
    for loads in (True, False):
        outcome = worker.invoke({**event, "import": loads}, **more)
        assert (outcome.value, outcome.waits) == (["dict", "int"], [["b", "c"]])


NAMES = ["orjson", "vendored.orjson", "orjson.orjson", "google._upb._message"]
NAMES += ["amazon._ioncmodule", "rtoml", "yyjson"]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_known_by_any_part_of_its_name(start, tmp_path, name):
    folder = tmp_path.joinpath(*name.split(".")[:-1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name.rpartition('.')[2]}.py").write_text("")
    text = PAST_METHODS.replace("import orjson", f"import {name}; sys.modules.pop('orjson', None)")
    worker = start(text if name != "orjson" else PAST_METHODS)
    for loads in (True, False):
        outcome = worker.invoke({"b": 0, "import": loads}, answer=lambda name: Value(b"1"), futures=["b"])
        assert (outcome.value, outcome.waits) == (["dict", "int"], [["b"]])


def test_the_readme_names_the_packages():
    source = (LAYER / "unum_streaming" / "worker.py").read_text()
    known = re.search(r"PAST_METHODS = frozenset\((.*?)\.split\(\)", source, re.S)[1].replace('"', "").split()
    readme = (LAYER.parents[1] / "README.md").read_text()
    named = re.search(r"exactly one\. Where one of\s+(.*?)\s+is\s+loaded", readme, re.S)[1]
    named = named.replace(" and ", " ").replace("protobuf", "_upb").replace("amazon.ion", "_ioncmodule")
    assert sorted(re.findall(r"\w+", named)) == known


def test_a_package_that_is_not_there_makes_no_event_whole(start):
    text = PAST_METHODS.replace(
        "import orjson", "sys.path.clear(); import orjson"
    )  # whatever is installed here
    outcome = start(text).invoke({"b": 0, "import": True}, futures=["b"])
    assert (outcome.value, outcome.waits) == (["dict", "UnumPendingField"], [])


def test_a_package_that_is_only_looked_for_makes_no_event_whole(start, tmp_path):
    (tmp_path / "orjson.py").write_text("")
    text = PAST_METHODS.replace("import orjson", "import importlib.util; importlib.util.find_spec('orjson')")
    outcome = start(text).invoke({"b": 0, "import": True}, futures=["b"])
    assert (outcome.value, outcome.waits) == (["dict", "UnumPendingField"], [])


@pytest.mark.parametrize("loads", ["before", "meanwhile"])
def test_of_a_whole_event_a_field_that_does_not_come_is_an_error_only_where_it_is_read(
    start, tmp_path, loads
):
    (tmp_path / "orjson.py").write_text("")
    text = """
    import unum_streaming
    def handler(event, context):
        import orjson
        found = [dict.get(event, "c")]
        try:
            return found + [event["b"]]
        except unum_streaming.StreamingError as error:
            return found + [type(error).__name__, str(error)]
    """
    worker = start(text.replace("import unum", "import orjson, unum") if loads == "before" else text)
    for kind, error in [("timeout", "StreamingTimeoutError"), ("source_failed", "StreamingSourceError")]:
        answers = {"b": Unavailable(kind, "why"), "c": Value(b"3")}
        outcome = worker.invoke({"b": 0, "c": 0}, answer=answers.get, futures=["b", "c"], source="A")
        assert outcome.value == [3, error, "field `b` of `A`: why"]


@pytest.mark.parametrize("choice, waits", [("always", [["b"]]), ("never", [])])
def test_a_setting_says_whether_events_are_whole(python, tmp_path, choice, waits):
    (tmp_path / "orjson.py").write_text("")
    (tmp_path / "app.py").write_text(("import orjson\n" if choice == "never" else "") + PAST_METHODS)
    with Worker(python, cwd=tmp_path) as worker:
        worker.init({"handler": "app.handler", "whole_events": choice})
        outcome = worker.invoke({"b": 0}, answer=lambda name: Value(b"1"), futures=["b"])
        assert (outcome.value[1], outcome.waits) == ("int" if waits else "UnumPendingField", waits)


@pytest.mark.parametrize("choice", ["always", "auto"])
def test_a_whole_event_is_a_dict(python, tmp_path, choice):
    (tmp_path / "orjson.py").write_text("")
    (tmp_path / "app.py").write_text(
        "import orjson\ndef handler(event, context):\n    return type(event) is dict and event\n"
    )
    with Worker(python, cwd=tmp_path) as worker:
        worker.init({"handler": "app.handler", "whole_events": choice})
        outcome = worker.invoke({"a": 0, "b": 0}, answer=lambda name: Value(b"1"), futures=["b"])
        assert outcome.value == {"a": 0, "b": 1}


TAKES = """
import orjson
class NotSerializable(TypeError):
    pass
def dumps(event):  # as compiled code reads it
    for value in dict.values(event):
        if type(value) not in (int, str):
            raise NotSerializable("Type is not JSON serializable: " + type(value).__name__)
def handler(event, context):
    return {}
"""


@pytest.mark.parametrize(
    "takes", ["dumps(event)", "dict.get(event, 'b')", "[dict.get(event, 'b')]", "{dict.get(event, 'b'): 1}"]
)
def test_what_stands_for_a_field_that_failed_is_told_as_its_failure(start, tmp_path, takes):
    (tmp_path / "orjson.py").write_text("")
    answers = {"a": Value(b"1"), "b": Unavailable("source_failed", "it died")}
    worker = start(TAKES.format(takes))
    outcome = worker.invoke({"a": 0, "b": 0}, answer=answers.get, futures=["a", "b"], source="A")
    assert (outcome.error_type, outcome.document["errorMessage"]) == (
        "StreamingSourceError",
        "field `b` of `A`: it died",
    )
    if takes == "dumps(event)":
        assert [line.split(", ")[2].split("\n")[0] for line in outcome.document["stackTrace"]] == [
            "in handler",
            "in dumps",
        ]


WRITES = """
import orjson
def written(event):  # as compiled code reads it, with `default=lambda value: type(value).__name__`
    return str({key: type(value).__name__ for key, value in dict.items(event)})
def handler(event, context):
    return {}
"""


@pytest.mark.parametrize("result", ["written(event)", "written(event).encode()", "{'a': [written(event)]}"])
def test_a_result_that_names_what_stands_for_a_field_that_failed_is_its_failure(start, tmp_path, result):
    (tmp_path / "orjson.py").write_text("")
    answers = {"a": Value(b"1"), "b": Unavailable("source_failed", "it died"), "c": Value(b"1")}
    worker = start(WRITES.replace("{}", result))
    outcome = worker.invoke({"a": 0, "b": 0}, answer=answers.get, futures=["a", "b"], source="A")
    assert (outcome.kind, outcome.error_type) == ("raised", "StreamingSourceError")
    assert outcome.document["errorMessage"] == "field `b` of `A`: it died"
    # A text of the handler's own, where no field has failed.
    worker = start(WRITES.replace("{}", "'UnumPendingField'"))
    assert worker.invoke({"c": 0}, answer=answers.get, futures=["c"]).value == "UnumPendingField"


@pytest.mark.parametrize("takes", ["dumps(event)", "dict.get(event, 'b')", "[dict.get(event, 'b')]"])
def test_what_stands_for_a_field_that_was_not_read_is_no_result(start, takes):
    worker = start(TAKES.replace("import orjson", "").format(takes))
    outcome = worker.invoke({"b": 0}, answer=lambda name: Value(b'"1"'), futures=["b"], source="A")
    assert outcome.error_type == "StreamingError"
    assert outcome.document["errorMessage"].startswith(
        "field `b` of `A` was taken past the methods of the event, before it was read"
    )


def test_an_error_of_the_handlers_own_stays_when_every_field_has_come(start):
    text = """
    import unum_streaming
    def handler(event, context):
        try:
            event["b"]
        except unum_streaming.StreamingTimeoutError:
            raise ValueError("no UnumPendingField", event["b"])
    """
    answers = [Unavailable("timeout", "late"), Value(b"1")]
    outcome = start(text).invoke({"b": 0}, answer=lambda name: answers.pop(0), futures=["b"])
    assert outcome.error_type == "ValueError"


def test_several_packages_ask_once_for_what_does_not_come(start, tmp_path):
    (tmp_path / "orjson").mkdir()
    for name in ("orjson/__init__.py", "orjson/orjson.py", "ujson.py"):
        (tmp_path / name).write_text("")
    worker = start("def handler(event, context):\n    import orjson.orjson, ujson\n    return 1\n")
    late = Unavailable("timeout", "late")
    outcome = worker.invoke({"b": 0}, answer=lambda name: late, futures=["b"])
    assert (outcome.value, outcome.waits) == (1, [["b"]])


def test_a_field_that_is_taken_past_the_methods_is_an_error_and_no_text(start):
    text = """
    class Bunch:
        def __init__(self, values):
            self.__dict__ = values
    USES = {"str": str, "dir": dir, "pickle": __import__("pickle").dumps, "iter": iter}
    def handler(event, context):
        found = {}
        for name, use in USES.items():
            try:
                found[name] = repr(use(Bunch(event).b))
            except Exception as error:
                found[name] = type(error).__name__
        return found
    """
    outcome = start(text).invoke({"b": 0}, answer=lambda name: Value(b'"1"'), futures=["b"])
    assert set(outcome.value.values()) == {"StreamingError"}, outcome.value


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


def test_a_late_answer_is_no_event(start):
    worker = start("def handler(event, context):\n    return event\n")
    worker.reply("b", Value(b"1"))
    worker.reply("b", Unavailable("timeout", "late"))
    assert worker.invoke(5).value == 5


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


RAISES = """
class Refused(Exception):
    def __init__(self, event):
        self.event = event
    def __str__(self):
        return "order " + self.event["b"]
def handler(event, context):
    raise {}
"""


@pytest.mark.parametrize(
    "error", ["ValueError('unsupported', event)", "KeyError(event)", "ValueError([event])", "Refused(event)"]
)
def test_an_error_that_tells_of_a_field_which_failed_is_told_as_that(start, error):
    worker = start(RAISES.format(error))
    answers = {"b": Unavailable("source_failed", "it died"), "c": Value(b"1")}
    outcome = worker.invoke({"b": 0, "c": 0}, answer=answers.get, futures=["b", "c"], source="A")
    assert (outcome.kind, outcome.error_type) == ("raised", "StreamingSourceError")
    assert outcome.document["errorMessage"] == "field `b` of `A`: it died"
    assert [line.split(", ", 1)[1] for line in outcome.document["stackTrace"]] == [
        f"line 8, in handler\n    raise {error}\n"
    ]
    assert outcome.cause["exceptions"][0]["message"] == "field `b` of `A`: it died"
    assert worker.invoke({"b": "mine"}).error_type == error.partition("(")[0]


WRAPS = """
class Group(Exception):
    def __init__(self, text, *exceptions):
        super().__init__(text)
        self.exceptions = exceptions
class Other(Exception):
    @property
    def exceptions(self):
        raise LookupError
def handler(event, context):
    try:
        event["b"]
    except Exception as caught:
        error = caught
        {}
"""


@pytest.mark.parametrize(
    "wraps",
    [
        "raise ValueError('no order') from error",
        "raise ValueError('no order')",
        "error.__context__ = wrapper = ValueError('no order'); raise wrapper",
        "wrapper = Group('no order', Other(), Group('inner', KeyError(), error)); error = None",
    ],
)
def test_the_failure_of_a_field_that_another_error_hides_is_logged(start, wraps):
    if "Group" in wraps:  # out of the handling, so that only the group has it
        wraps += "\n    raise wrapper"
    answers = {"b": Unavailable("source_failed", "it died")}
    worker = start(WRAPS.replace("{}", wraps))
    outcome = worker.invoke({"b": 0}, answer=answers.get, futures=["b"], source="A")
    assert outcome.error_type == ("Group" if "Group" in wraps else "ValueError")
    assert outcome.document["errorMessage"] == "no order"
    logged = "[ERROR] StreamingSourceError: field `b` of `A`: it died\n"
    assert outcome.stdout.endswith("\n" + logged) and outcome.stdout.count("[ERROR]") == 2


@pytest.mark.parametrize("wraps", ["raise ValueError(f'no order: {error}')", "raise error"])
def test_the_failure_of_a_field_that_an_error_names_is_not_logged_again(start, wraps):
    answers = {"b": Unavailable("source_failed", "it died")}
    worker = start(WRAPS.replace("{}", wraps))
    outcome = worker.invoke({"b": 0}, answer=answers.get, futures=["b"], source="A")
    assert outcome.document["errorMessage"].endswith("field `b` of `A`: it died")
    assert outcome.stdout.count("[ERROR]") == 1


def test_a_failure_that_a_package_raises_anew_without_its_text_has_its_text(start):
    answers = {"a": Unavailable("timeout", "late"), "b": Unavailable("source_failed", "it died")}
    worker = start(WRAPS.replace("{}", "raise type(error)"))
    outcome = worker.invoke({"a": 0, "b": 0}, answer=answers.get, futures=["a", "b"], source="A")
    assert outcome.error_type == "StreamingSourceError"
    assert outcome.document["errorMessage"] == "field `b` of `A`: it died"
    assert outcome.stdout.count("[ERROR]") == 1


def test_an_error_whose_own_text_is_broken_ends_the_worker_as_ever(start):
    outcome = start(RAISES.format("Refused({})")).invoke({"b": 0})
    assert (outcome.kind, outcome.exit_code) == ("exited", 1)


RETURNS = """
import collections, sys
def handler(event, context):
    result = {}
    return result if event["deep"] else "unum_streaming.exact" in sys.modules
"""


@pytest.mark.parametrize(
    "result", ["event", '{"x": event}', "[event, event]", "collections.OrderedDict(event)"]
)
def test_a_result_with_an_event_in_it_may_be_as_deep_as_any(start, result):
    deep = b"[" * 850 + b"]" * 850
    worker = start(RETURNS.format(result))
    event = {"n": 1, "deep": 0, "last": 0}
    answers = {"deep": Value(deep), "last": Value(b'"\\u00e9"')}
    outcome = worker.invoke(event, answer=answers.get, futures=["deep", "last"])
    text = '{"n": 1, "deep": ' + deep.decode() + ', "last": "\\u00e9"}'
    expected = {"{": '{"x": ' + text + "}", "[": f"[{text}, {text}]"}
    assert outcome.body.decode() == expected.get(result[0], text), outcome.document


@pytest.mark.parametrize("levels", [850, 100_000])
def test_a_result_of_other_types_may_be_as_deep_as_any(start, levels):
    text = """
    import collections
    def handler(event, context):
        result = 1
        for _ in range(event["levels"]):
            result = collections.OrderedDict(a=result)
        return result
    """
    outcome = start(text).invoke({"levels": levels})
    if levels == 850:
        assert outcome.body == b'{"a": ' * levels + b"1" + b"}" * levels
    else:
        assert "maximum recursion depth exceeded while " in outcome.document["errorMessage"]


def test_an_event_that_is_returned_is_encoded_by_c(start):
    worker = start(RETURNS.format("event"))
    worker.invoke({"deep": 1, "b": 0}, answer=lambda name: Value(b"1"), futures=["b"])
    assert worker.invoke({"deep": 0}).value is False


def test_an_event_that_holds_itself_is_circular(start):
    worker = start("def handler(event, context):\n    event['me'] = [event]\n    return event\n")
    outcome = worker.invoke({"b": 0}, answer=lambda name: Value(b"1"), futures=["b"])
    assert outcome.document["errorMessage"] == "Unable to marshal response: Circular reference detected"


@pytest.mark.parametrize("call", ["pop('b')", "pop('b', 0)", "popitem()"])
def test_what_takes_a_field_that_fails_has_the_others_in_their_places_all_the_time(start, call):
    text = f"""
    import sys
    def handler(event, context):
        if {call.startswith("pop(")}:
            event["d"] = 4
        seen = set()
        sys.setprofile(lambda *_: seen.add(tuple(dict.keys(event))))
        try:
            event.{call}
        except Exception as error:
            name = type(error).__name__
        finally:
            sys.setprofile(None)
        return [name, sorted(seen), list(event)]
    """
    outcome = start(text).invoke(
        {"a": 1, "b": 0}, answer=lambda name: Unavailable("source_failed", "it failed"), futures=["b"]
    )
    keys = ["a", "b", "d"] if call.startswith("pop(") else ["a", "b"]
    assert outcome.value == ["StreamingSourceError", [keys], keys]
