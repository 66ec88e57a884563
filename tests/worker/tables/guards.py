"""Handlers with calls in loops. Prints name → how often the calls ran, how often a whole value was looked at, what was
published: in each of two invocations that may publish, and in one that may not."""

import json
import sys
import threading
from _thread import RLock

sys.path.insert(0, sys.argv[1])
from unum_streaming import publisher, worker  # noqa: E402

ROUNDS = 50


class Channel:
    in_child = False
    writing = RLock()
    names = []

    def send_held(self, kind, blobs):
        self.names += blobs[::2]


CHANNEL = Channel()
__unum__ = worker.publisher = publisher.Publisher(
    CHANNEL, "app.handler", ["x", "y"], guards=["__unum__0__", "__unum__1__"]
)
RUNS, WALKS = [], []
ran = RUNS.append
CASES = {}
owns_all = publisher.owns_all


def walk(value, depth=0):
    if depth == 0:
        WALKS.append(1)
    return owns_all(value, depth)


publisher.owns_all = walk


def case(function):
    CASES[function.__name__] = function
    return function


@case
def header(event, context):
    x, n = [[1]], 0
    while __unum__0__ and (__unum__.publish("x", (x,)) or ran(1) or __unum__.passed(0)) or (n < ROUNDS):
        n += 1
    return n


@case
def statement(event, context):
    x = [[1]]
    for _ in range(ROUNDS):
        __unum__0__ and (__unum__.publish("x", (x,)) or ran(1) or __unum__.passed(0))
        x  # noqa: B018, E702


@case
def a_part_is_shared(event, context):
    x, n = [[1]], 0
    row = x[0]
    while __unum__0__ and (__unum__.publish("x", (x,)) or ran(1) or __unum__.passed(0)) or (n < ROUNDS):
        n += len(row)


@case
def the_first_round_lets_go_of_a_part(event, context):
    x, n = [[1]], 0
    row = x[0]
    while __unum__0__ and (__unum__.publish("x", (x,)) or ran(1) or __unum__.passed(0)) or (n < ROUNDS):
        row = [1]
        n += len(row)


@case
def only_what_cannot_change(event, context):
    x, n = [[1]], 0
    while __unum__0__ and (__unum__.offer("x", x) or ran(1) or __unum__.passed(0)) or (n < ROUNDS):
        n += 1


@case
def several_at_one_place(event, context):
    x, y, n = [1], [[2]], 0
    row = y[0]
    while (
        __unum__0__
        and (__unum__.publish("x", (x,)) or __unum__.publish("y", (y,)) or ran(1) or __unum__.passed(0))
        or (n < ROUNDS)
    ):
        n += len(row)


@case
def each_place_by_itself(event, context):
    x, y, n = [1], [2], 0
    while __unum__0__ and (__unum__.publish("x", (x,)) or ran(1) or __unum__.passed(0)) or (n < ROUNDS):
        __unum__1__ and (__unum__.publish("y", (y,)) or ran(1) or __unum__.passed(1))
        n += 1


@case
def loop_in_a_loop(event, context):
    x = [[1]]
    for _ in range(ROUNDS):
        n = 0
        while __unum__0__ and (__unum__.publish("x", (x,)) or ran(1) or __unum__.passed(0)) or (n < ROUNDS):
            n += 1


@case
def calls_itself(event, context):
    x, n = [[1]], 0
    while __unum__0__ and (__unum__.publish("x", (x,)) or ran(1) or __unum__.passed(0)) or (n < ROUNDS):
        n += 1
        if event:
            calls_itself({}, context)


@case
def in_another_thread(event, context):
    thread = threading.Thread(target=header, args=(event, context))
    thread.start()
    thread.join()


@case
def guards_that_are_not_there(event, context):
    for number in (2, -3, None, "g0"):
        ran(1)
        assert __unum__.passed(number) is None


def run(function, publish):
    RUNS.clear()
    WALKS.clear()
    CHANNEL.names.clear()
    worker._call(function, {"n": 1}, None, publish)
    assert not __unum__0__ and not __unum__1__
    return {"runs": len(RUNS), "walks": len(WALKS), "names": [name.decode() for name in CHANNEL.names]}


if __name__ == "__main__":
    assert not __unum__0__ and not __unum__1__  # the module that uses it is being imported
    print(json.dumps({name: [run(one, may) for may in (True, True, False)] for name, one in CASES.items()}))
