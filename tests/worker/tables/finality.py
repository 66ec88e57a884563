"""Handlers that publish `x`, and whether they may. Prints name → whether `x` was published."""

import copy
import functools
import gc
import json
import sys
import threading
import weakref
from _thread import RLock
from collections import namedtuple
from decimal import Decimal

sys.path.insert(0, sys.argv[1])
from unum_streaming import worker  # noqa: E402
from unum_streaming.lazy import Futures, lazy_event  # noqa: E402
from unum_streaming.publisher import Publisher  # noqa: E402


class Channel:
    in_child = False

    def __init__(self):
        self.names = []
        self.writing = RLock()

    def send_held(self, kind, blobs):
        self.names += blobs[::2]


CHANNEL = Channel()
__unum__ = worker.publisher = Publisher(CHANNEL, "app.handler", ["x", "y"])
# Variables of these names, where there are any, are read no more when `x` is published.
IDLE = ("idle", "rest")
KEPT = {}
CASES = {True: {}, False: {}}


def published(case):
    CASES[True][case.__name__] = case
    return case


def withheld(case):
    CASES[False][case.__name__] = case
    return case


Point = namedtuple("Point", "a b")


class Text(str):
    pass


class Holder:
    items = None


def fresh():
    inner = {"n": [1, 2, {"k": ()}]}
    return inner


def keeps(value, cache=KEPT):
    cache["kept"] = value
    return value


@functools.lru_cache(maxsize=None)  # noqa: UP033
def cached():
    return [1, 2]


def passes(value):
    return value


# Nobody else holds these.


@published
def literal(event, context):
    x = {"a": [1, 2.5, None, True, "s"], "b": {"c": [[], {}]}}
    __unum__.publish("x", (x,))


@published
def comprehension(event, context):
    x = [{"i": i, "l": [i]} for i in range(5)]
    __unum__.publish("x", (x,))


@published
def dict_comprehension(event, context):
    x = {str(i): [i] for i in range(5)}
    __unum__.publish("x", (x,))


@published
def sorted_list(event, context):
    x = sorted([3, 1, 2])
    __unum__.publish("x", (x,))


@published
def parsed(event, context):
    x = json.loads('{"a": [1, {"b": []}], "c": "\\u00e9"}')
    __unum__.publish("x", (x,))


@published
def dict_call(event, context):
    x = dict(a=[1], b={})
    __unum__.publish("x", (x,))


@published
def deep_copy(event, context):
    x = copy.deepcopy({"a": [1, [2]]})
    __unum__.publish("x", (x,))


@published
def text(event, context):
    x = "a-b".upper().split("-")
    __unum__.publish("x", (x,))


@published
def shared_text_and_numbers(event, context):
    y = "some text"
    x = y
    __unum__.publish("x", (x,))


@published
def returned_by_a_function(event, context):
    x = fresh()
    __unum__.publish("x", (x,))


@published
def passed_through_a_function(event, context):
    x = passes([1])
    __unum__.publish("x", (x,))


@published
def filled_in_a_loop(event, context):
    x = []
    for i in range(3):
        row = {"i": i}
        x.append(row)
    row = None
    __unum__.publish("x", (x,))


@published
def nested_tuple(event, context):
    x = (1, ("a", [1]), [])
    __unum__.publish("x", (x,))


@published
def shared_immutable_children(event, context):
    y = (1, (2, "a"))
    x = [y, y, y]
    __unum__.publish("x", (x,))


@published
def decimals(event, context):
    x = {"price": Decimal("1.10")}
    __unum__.publish("x", (x,))


@published
def unpacked(event, context):
    x, y = [1], [2]
    __unum__.publish("x", (x,), "y", (y,))


@published
def emitted(event, context):
    return {"x": __unum__.emit("x", ([1, {"a": []}],))}


@published
def emitted_from_a_call(event, context):
    return {"x": __unum__.emit("x", (fresh(),))}


@published
def offered_text(event, context):
    x = "a" * 3
    __unum__.offer("x", x)


@published
def comprehension_that_shares_a_variable(event, context):
    factor = 2
    x = [i * factor for i in range(3)]
    __unum__.publish("x", (x,))


@published
def bound_in_one_branch_or_the_other(event, context):
    if event:
        x = [1]
    else:
        x = [2]
    __unum__.publish("x", (x,))


@published
def bound_in_try(event, context):
    try:
        x = [1]
    except ValueError:
        pass
    __unum__.publish("x", (x,))


@published
def alias_that_is_gone(event, context):
    y = x = [1]
    del y
    __unum__.publish("x", (x,))


@published
def iterated_before(event, context):
    x = [[1], [2]]
    for row in x:
        pass
    del row
    __unum__.publish("x", (x,))


@published
def with_a_peek_of_the_same_name(event, context):
    x = [1]
    __unum__.publish("x", (x,), "y", (__unum__.peek({"x": 1}, "x"),))


# Somebody else holds these, or might.


@withheld
def global_alias(event, context):
    global LAST
    x = [1]
    LAST = x
    __unum__.publish("x", (x,))


@withheld
def global_variable(event, context):
    global x
    x = [1]
    __unum__.publish("x", (x,))


@withheld
def globals_entry(event, context):
    x = [1]
    globals()["LAST"] = x
    __unum__.publish("x", (x,))


@withheld
def other_local(event, context):
    x = y = []
    __unum__.publish("x", (x,))
    return y


@withheld
def closure(event, context):
    x = [1]

    def add():
        x.append(2)

    __unum__.publish("x", (x,))
    return add


@withheld
def closure_that_is_kept_elsewhere(event, context):
    def add():
        x.append(2)

    KEPT["add"] = add
    x = [1]
    __unum__.publish("x", (x,))


@withheld
def lambda_default(event, context):
    x = [1]
    y = lambda value=x: value  # noqa: E731
    __unum__.publish("x", (x,))
    return y


@withheld
def default_argument(event, context):
    x = [1]

    def add(to=x):
        to.append(2)

    __unum__.publish("x", (x,))
    return add


@withheld
def lru_cache(event, context):
    x = cached()
    __unum__.publish("x", (x,))


@withheld
def bound_method(event, context):
    x = [1]
    add = x.append
    __unum__.publish("x", (x,))
    return add


@withheld
def partial(event, context):
    x = [1]
    add = functools.partial(list.append, x)
    __unum__.publish("x", (x,))
    return add


@withheld
def list_iterator(event, context):
    x = [1]
    it = iter(x)
    __unum__.publish("x", (x,))
    return it


@withheld
def dict_view(event, context):
    x = {"a": 1}
    view = x.items()
    __unum__.publish("x", (x,))
    return view


@withheld
def dict_iterator(event, context):
    x = {"a": 1}
    it = iter(x)
    __unum__.publish("x", (x,))
    return it


@withheld
def generator(event, context):
    x = [1]
    it = (i for i in x)
    __unum__.publish("x", (x,))
    return it


@withheld
def inside_its_own_loop(event, context):
    x = [1, 2]
    for _ in x:
        __unum__.publish("x", (x,))


@withheld
def loop_variable_holds_a_child(event, context):
    x = [[1], [2]]
    for row in x:
        pass
    __unum__.publish("x", (x,))
    return row


@withheld
def child_alias(event, context):
    y = {"deep": 1}
    x = {"a": [y]}
    __unum__.publish("x", (x,))


@withheld
def child_twice(event, context):
    y = [1]
    x = [y, y]
    del y
    __unum__.publish("x", (x,))


@withheld
def child_bound_method(event, context):
    x = {"rows": []}
    add = x["rows"].append
    __unum__.publish("x", (x,))
    return add


@withheld
def tuple_with_a_shared_list(event, context):
    y = ([1], 2)
    x = [y]
    __unum__.publish("x", (x,))


@withheld
def memory(event, context):
    data = bytearray(b"abc")
    x = [memoryview(data)]
    __unum__.publish("x", (x,))


@withheld
def byte_array(event, context):
    x = bytearray(b"abc")
    __unum__.publish("x", (x,))


@withheld
def a_set(event, context):
    x = {1, 2}
    __unum__.publish("x", (x,))


@withheld
def instance_dict(event, context):
    holder = Holder()
    holder.a = 1
    x = holder.__dict__
    __unum__.publish("x", (x,))


@withheld
def instance_attribute(event, context):
    holder = Holder()
    holder.items = x = [1]
    __unum__.publish("x", (x,))


@withheld
def class_attribute(event, context):
    x = [1]
    Holder.items = x
    __unum__.publish("x", (x,))


@withheld
def module_dict(event, context):
    x = vars(sys.modules["json"])
    __unum__.publish("x", (x,))


@withheld
def kept_by_a_function(event, context):
    x = keeps([1])
    __unum__.publish("x", (x,))


@withheld
def child_kept_by_a_function(event, context):
    x = {"a": keeps([1])}
    __unum__.publish("x", (x,))


@withheld
def thread_holds_it(event, context):
    x = [1]
    ready, done = threading.Event(), threading.Event()

    def hold(value):
        ready.set()
        done.wait()
        value.append(2)

    thread = threading.Thread(target=hold, args=(x,))
    thread.start()
    ready.wait()
    __unum__.publish("x", (x,))
    done.set()
    thread.join()


@withheld
def weak_reference(event, context):
    class List(list):
        pass

    x = List()
    KEPT["weak"] = weakref.ref(x)
    __unum__.publish("x", (x,))


@withheld
def traceback_holds_it(event, context):
    def fail(value):
        raise ValueError

    x = [1]
    try:
        fail(x)
    except ValueError as error:
        kept = error
    __unum__.publish("x", (x,))
    return kept


@withheld
def being_handled(event, context):
    def fail(value):
        raise ValueError

    x = [1]
    try:
        fail(x)
    except ValueError:
        __unum__.publish("x", (x,))


@withheld
def frame_snapshot(event, context):
    x = [1]
    KEPT["locals"] = dict(sys._getframe().f_locals)
    __unum__.publish("x", (x,))


@withheld
def subclass(event, context):
    x = Text("a")
    __unum__.publish("x", (x,))


@withheld
def named_tuple(event, context):
    x = Point(1, 2)
    __unum__.publish("x", (x,))


@withheld
def odd_keys(event, context):
    x = {Text("a"): 1}
    __unum__.publish("x", (x,))


@withheld
def cycle(event, context):
    x = []
    x.append(x)
    __unum__.publish("x", (x,))


@withheld
def too_deep(event, context):
    x = []
    for _ in range(200):
        x = [x]
    __unum__.publish("x", (x,))


@withheld
def subscript_of_a_dict(event, context):
    r = {"x": [1]}
    __unum__.publish("x", (r["x"],))
    return r


@withheld
def subscript_after_a_name_was_published(event, context):
    if context:
        x = [1]
        __unum__.publish("x", (x,))
    r = {"x": [1]}
    __unum__.publish("x", (r["x"],))
    return r


@withheld
def emitted_name(event, context):
    y = [1]
    return {"x": __unum__.emit("x", (y,))}, y


@withheld
def emitted_and_kept(event, context):
    return {"x": __unum__.emit("x", (keeps([1]),))}


@withheld
def offered_list(event, context):
    x = [1]
    __unum__.offer("x", x)


@withheld
def part_of_the_event(event, context):
    x = event["list"]
    __unum__.publish("x", (x,))


@published
def last_row_in_idle_variables(event, context):
    x = []
    for n in range(3):
        rest = [n]
        idle = {"n": n, "rest": rest}
        x.append(idle)
    __unum__.publish("x", (x,))


@published
def part_of_an_idle_response(event, context):
    idle = {"Items": [{"n": [1]}, {"n": (2, [3])}], "Meta": {"at": object()}}
    rest = idle["Items"][0]
    x = idle["Items"]
    __unum__.publish("x", (x,))


@published
def same_value_twice(event, context):
    idle = {"n": 1}
    x = [idle, {"again": idle}]
    __unum__.publish("x", (x,))


@published
def idle_variable_for_the_value_itself(event, context):
    x = idle = rest = [{}]
    __unum__.publish("x", (x,))


published_since_3_13 = published if sys.version_info >= (3, 13) else withheld


@published_since_3_13
def idle_variable_where_somebody_keeps_the_locals(event, context):
    kept = sys._getframe().f_locals
    idle = {"Items": [{"n": [1]}]}
    x = idle["Items"]
    __unum__.publish("x", (x,))
    assert "event" in kept


@published
def idle_variable_that_others_hold_too(event, context):
    idle = KEPT["idle"] = [1]
    x = [{}]
    rest = {"x": x}
    __unum__.publish("x", (x,))


@published
def idle_variable_that_has_no_value(event, context):
    rest = [{}]
    x = {"rest": rest}
    __unum__.publish("x", (x,))
    if event is None:
        idle = 1  # noqa: F841


@withheld
def idle_response_that_is_kept(event, context):
    idle = {"Items": [{}]}
    KEPT["response"] = idle
    x = idle["Items"]
    __unum__.publish("x", (x,))


@withheld
def idle_response_in_what_is_kept(event, context):
    rest = {"pages": [{"Items": [{}]}]}
    KEPT["pages"] = rest["pages"]
    idle = rest["pages"][0]
    x = idle["Items"]
    __unum__.publish("x", (x,))


@withheld
def row_in_another_variable(event, context):
    other = idle = {}
    x = [idle]
    __unum__.publish("x", (x,))
    other["n"] = 1


@withheld
def part_of_the_event_in_an_idle_variable(event, context):
    idle = event
    x = idle["list"]
    __unum__.publish("x", (x,))


@withheld
def row_that_an_object_holds(event, context):
    row = {}
    holder = Holder()
    holder.items = row
    x = [row]
    idle = [holder]
    row = holder = None
    __unum__.publish("x", (x,))


@withheld
def row_that_an_iterator_holds(event, context):
    idle = [[1], [2]]
    later = iter(idle)
    x = {"rows": idle}
    __unum__.publish("x", (x,))
    next(later)


@withheld
def row_of_a_generator(event, context):
    def rows():
        row = {}
        yield row
        row["late"] = 1

    later = rows()
    idle = next(later)
    x = [idle]
    __unum__.publish("x", (x,))
    list(later)


@withheld
def subclass_beside_an_idle_variable(event, context):
    idle = []
    x = type("Rows", (list,), {})([idle])
    __unum__.publish("x", (x,))


@withheld
def key_that_is_no_scalar(event, context):
    idle = []
    x = [idle, {(1, 2): 3}]
    __unum__.publish("x", (x,))


@withheld
def whole_event(event, context):
    x = event
    __unum__.publish("x", (x,))


@withheld
def whole_event_by_another_name(event, context):
    x = event
    event = None
    __unum__.publish("x", (x,))


@withheld
def whole_event_in_a_tuple(event, context):
    x, y = event, 1
    del event, y
    __unum__.publish("x", (x,))


@withheld
def unserializable(event, context):
    x = [object()]
    __unum__.publish("x", (x,))


@withheld
def alone_after_one_that_is_withheld(event, context):
    y = KEPT["again"] = [1]
    __unum__.publish("y", (y,), "x", ("constant",))


@withheld
def peeked_list(event, context):
    y = "first"
    __unum__.publish("y", (y,), "x", (__unum__.peek(event, "list"),))


@withheld
def peeked_pending(event, context):
    futures = Futures(None, ["late"], "s", "A")
    __unum__.publish("y", (1,), "x", (__unum__.peek(lazy_event({"late": 0}, futures), "late"),))


@withheld
def peeked_missing(event, context):
    __unum__.publish("y", (1,), "x", (__unum__.peek(event, "missing"),))


@withheld
def peeked_in_a_subclass(event, context):
    class Mapping(dict):
        pass

    __unum__.publish("y", (1,), "x", (__unum__.peek(Mapping(a=1), "a"),))


@withheld
def unknown_name(event, context):
    z = 1
    __unum__.publish("z", (z,))


@withheld
def called_by_a_helper(event, context):
    def helper():
        x = "text"
        __unum__.publish("x", (x,))

    helper()


@withheld
def recursion(event, context):
    if event:
        return recursion(None, context)
    x = "text"
    __unum__.publish("x", (x,))


@withheld
def called_in_another_thread(event, context):
    thread = threading.Thread(target=literal, args=(event, context))
    thread.start()
    thread.join()


@published
def peeked(event, context):
    __unum__.publish("y", (1,), "x", (__unum__.peek(event, "n"),))


@published
def peeked_default(event, context):
    __unum__.publish("y", (1,), "x", (__unum__.peek(event, "missing", None),))


@published
def peeked_in_a_lazy_event(event, context):
    __unum__.publish("y", (1,), "x", (__unum__.peek(lazy_event({"n": 1}, Futures(None, [], "s", "A")), "n"),))


@published
def peeked_in_an_event_that_was_read(event, context):
    class Channel:
        def ask(self, names, futures):
            return {name: (b"V", [b"2"]) for name in names}

    event = lazy_event({"n": 1, "late": 0}, Futures(Channel(), ["late"], "s", "A"))
    dict(event)
    __unum__.publish("y", (1,), "x", (__unum__.peek(event, "n"),))


@published
def alone_after_one_that_was_published(event, context):
    y = [1]
    __unum__.publish("y", (y,))
    y = None
    __unum__.publish("y", (y,), "x", ("constant",))


def run(case):
    idle = [name for name in case.__code__.co_varnames if name in IDLE]
    __unum__._idle = {"x": idle} if idle else {}
    CHANNEL.names = []
    event = {"n": 1, "list": [1]}
    worker._call(case, event, None, True)
    return b"x" in CHANNEL.names


def traced(case):
    """Under a tracer that looks at everything, as debuggers and coverage tools do."""

    def tracer(frame, what, arg):
        frame.f_locals
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        return run(case)
    finally:
        sys.settrace(before)


def profiled(case):
    sys.setprofile(lambda frame, what, arg: None)
    try:
        return run(case)
    finally:
        sys.setprofile(None)


def monitored(case):
    tool = sys.monitoring.COVERAGE_ID
    events = sys.monitoring.events
    sys.monitoring.use_tool_id(tool, "tests")
    for event in (events.LINE, events.INSTRUCTION, events.CALL, events.PY_START):
        sys.monitoring.register_callback(tool, event, lambda *args: None)
    sys.monitoring.set_events(tool, events.LINE | events.INSTRUCTION | events.CALL | events.PY_START)
    try:
        return run(case)
    finally:
        sys.monitoring.set_events(tool, 0)
        sys.monitoring.free_tool_id(tool)


MODES = {"plain": run, "traced": traced, "profiled": profiled}
if hasattr(sys, "monitoring"):
    MODES["monitored"] = monitored

if __name__ == "__main__":
    gc.disable()  # a collection in between must not decide
    found = {}
    for expected, cases in CASES.items():
        for name, case in cases.items():
            found[name] = {"expected": expected, **{mode: how(case) for mode, how in MODES.items()}}
    print(json.dumps(found))
