"""Each operation on a lazy event and on the plain dict it stands for. Prints name → both results and what was waited for."""

import collections
import concurrent.futures
import copy
import json
import operator
import os
import pickle
import pprint
import reprlib
import sys

sys.path.insert(0, sys.argv[1])
from unum_streaming.lazy import Futures, lazy_event  # noqa: E402
from unum_streaming.pending import PendingField  # noqa: E402

PLAIN = {"a": 1, "b": [2, {"x": 3}], "c": None, "d": "text"}
PENDING = ["b", "d"]
CASES = {}


class Channel:
    def __init__(self, failing=()):
        self.asked = []
        self.failing = failing

    def ask(self, names, futures):
        self.asked.append(list(names))
        return {name: self.answer(name) for name in names}

    def answer(self, name):
        if name in self.failing:
            return b"X", [b"source_failed", b"it raised ValueError"]
        return b"V", [json.dumps(PLAIN[name]).encode()]


def event(failing=()):
    channel = Channel(failing)
    holes = {key: ({"__unum_future__": True} if key in PENDING else value) for key, value in PLAIN.items()}
    return lazy_event(holes, Futures(channel, PENDING, "s", "A")), channel


def case(function):
    CASES[function.__name__] = function
    return function


def keywords(**kw):
    return kw


class Meddling(Channel):
    """Changes the event while somebody waits, as another thread may."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def ask(self, names, futures):
        if not self.asked:
            self.change(self.event)
        return super().ask(names, futures)


def meddled(operation, change):
    channel = Meddling(change)
    holes = {key: ({"__unum_future__": True} if key in PENDING else value) for key, value in PLAIN.items()}
    lazy = channel.event = lazy_event(holes, Futures(channel, PENDING, "s", "A"))
    before, after = copy.deepcopy(PLAIN), copy.deepcopy(PLAIN)
    change(after)
    # What stands in a field's place cannot be pickled.
    pickled = outcome(lambda d: pickle.loads(pickle.dumps(operation(d))), lazy)
    return [pickled, outcome(operation, before), outcome(operation, after)]


class Mapping(dict):
    pass


class Bunch:
    def __init__(self, values):
        self.__dict__ = values


def grown(more):
    rows = others = [1]
    rows += more
    return others


def in_place(bunch):
    bunch.b += [0]
    bunch.d += "s"
    return vars(bunch)["b"], vars(bunch)["d"]


class Willful(dict):
    def __ror__(self, other):
        return type(other).__name__

    def __eq__(self, other):
        return "equal"

    def __ne__(self, other):
        return "unequal"


def pickled_within_itself(d, protocol):
    d["self"] = d
    copied = pickle.loads(pickle.dumps(d, protocol))
    return copied["self"] is copied, type(copied).__name__, list(copied)


def grown_behind(iterator, d, use):
    d["new %d" % len(d)] = 1
    return use(iterator)


def hint_twice(iterator):
    return operator.length_hint(iterator), next(iterator), operator.length_hint(iterator), list(iterator)


# In the middle of something when the last field comes.
def views_of_before(d):
    views = d.items(), d.values(), d.keys()
    [d[key] for key in d]
    return (
        [list(view) for view in views]
        + [list(reversed(view)) for view in views]
        + [(("d", "text") in views[0])]
    )


def iterators_of_before(d):
    iterators = iter(d), iter(d.items()), iter(d.values()), iter(d.keys())
    first = [next(iterator) for iterator in iterators]
    [d[key] for key in d]
    return first + [list(iterator) for iterator in iterators]


def methods_of_before(d):
    get, getitem, pop, items, copied = d.get, d.__getitem__, d.pop, d.items, d.copy
    [d[key] for key in d]
    return get("b"), get("z", 5), getitem("d"), list(items()), copied(), pop("b"), pop("b", None), len(d)


def threads(d):
    def read(_):
        return [(d["b"], d.get("d"), dict(d), list(d.values()), {**d}) for _ in range(50)]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = sum(pool.map(read, range(4)), [])
    return [one for one in found if one != found[0]], found[0]


def an_event_of_its_own(d):
    class Mine(type(d)):
        def __getitem__(self, key):
            return "mine", super().__getitem__(key)

    mine = Mine(d)
    [d[key] for key in d]
    return mine["b"], mine.get("b"), type(mine).__name__, len(mine)


# fmt: off
OPERATIONS = {
    # what does not wait
    "len": (lambda d: len(d), []),
    "bool": (lambda d: bool(d), []),
    "in": (lambda d: ("b" in d, "z" in d), []),
    "not_in": (lambda d: "b" not in d, []),
    "list": (lambda d: list(d), []),
    "iter": (lambda d: [k for k in d], []),
    "iter_type": (lambda d: type(iter(d)).__name__, []),
    "keys": (lambda d: list(d.keys()), []),
    "keys_repr": (lambda d: repr(d.keys()), []),
    "keys_contains": (lambda d: "b" in d.keys(), []),
    "keys_and": (lambda d: sorted(d.keys() & {"a", "b"}), []),
    "keys_reversed": (lambda d: list(reversed(d.keys())), []),
    "reversed": (lambda d: list(reversed(d)), []),
    "sorted": (lambda d: sorted(d), []),
    "set": (lambda d: sorted(set(d)), []),
    "tuple_star": (lambda d: (*d,), []),
    "min_max": (lambda d: (min(d), max(d)), []),
    "enumerate": (lambda d: list(enumerate(d)), []),
    "isinstance": (lambda d: isinstance(d, dict), []),
    "mapping_abc": (lambda d: isinstance(d, collections.abc.MutableMapping), []),
    "fromkeys": (lambda d: dict.fromkeys(d, 0), []),
    "fromkeys_of_the_class": (lambda d: dict(type(d).fromkeys(["k"], 1)), []),
    "join": (lambda d: ",".join(d), []),
    "delete": (lambda d: (d.__delitem__("b"), list(d))[1], []),
    "delete_missing": (lambda d: d.__delitem__("z"), []),
    "set_pending": (lambda d: (d.__setitem__("b", 9), d["b"])[1], []),
    "set_new": (lambda d: (d.__setitem__("z", 9), list(d))[1], []),
    "update_pending": (lambda d: (d.update(b=9), d["b"])[1], []),
    "update_pairs": (lambda d: (d.update([("b", 9), ("y", 8)]), d["b"], list(d))[1:], []),
    "clear": (lambda d: (d.clear(), len(d), dict(d))[1:], []),
    "get_ready": (lambda d: d.get("a"), []),
    "getitem_ready": (lambda d: d["a"], []),
    "getitem_none": (lambda d: d["c"], []),
    "get_missing": (lambda d: (d.get("z"), d.get("z", 5)), []),
    "getitem_missing": (lambda d: d["z"], []),
    "getitem_unhashable": (lambda d: d[[]], []),
    "pop_ready": (lambda d: (d.pop("a"), list(d)), []),
    "pop_missing": (lambda d: d.pop("z"), []),
    "pop_missing_default": (lambda d: d.pop("z", 5), []),
    "pop_no_argument": (lambda d: d.pop(), []),
    "get_no_argument": (lambda d: type(d.get).__name__ and "z" in d, []),
    "setdefault_missing": (lambda d: (d.setdefault("z", 5), d["z"]), []),
    "hash": (lambda d: hash(d), []),
    "type_name": (lambda d: (str(type(d)), type(d).__name__, type(d).__qualname__, type(d).__module__), []),
    "no_such_attribute": (lambda d: d.other, []),
    "attribute": (lambda d: setattr(d, "x", 1), None),
    "vars": (lambda d: vars(d), []),
    "less_than": (lambda d: d < {}, None),
    "equals_other_kind": (lambda d: (d == 1, d != None), []),  # noqa: E711
    # what waits for one field
    "getitem": (lambda d: d["b"], [["b"]]),
    "getitem_twice_is_the_same": (lambda d: d["b"] is d["b"], [["b"]]),
    "getitem_then_change": (lambda d: (d["b"].append(4), d["b"])[1], [["b"]]),
    "get": (lambda d: d.get("b"), [["b"]]),
    "get_default": (lambda d: d.get("b", 5), [["b"]]),
    "pop": (lambda d: (d.pop("b"), list(d)), [["b"]]),
    "pop_default": (lambda d: d.pop("b", None), [["b"]]),
    "popitem": (lambda d: (d.popitem(), list(d)), [["d"]]),
    "setdefault": (lambda d: d.setdefault("b", 5), [["b"]]),
    "nested": (lambda d: d["b"][1]["x"], [["b"]]),
    "item_in_items": (lambda d: (("b", [2, {"x": 3}]) in d.items(), ("b", 0) in d.items()), [["b"]]),
    "item_not_in_items": (lambda d: (("z", 1) in d.items(), 5 in d.items(), ("a",) in d.items()), []),
    "format_subscript": (lambda d: f"{d['d']}", [["d"]]),
    "format_map": (lambda d: "{a} {d}".format_map(d), [["d"]]),
    "percent": (lambda d: "%(a)s %(d)s" % d, [["d"]]),
    "chain_map": (lambda d: collections.ChainMap({}, d)["b"], [["b"]]),
    "items_until_found": (lambda d: next(k for k, v in d.items() if v), []),
    "items_until_second": (lambda d: next(k for k, v in d.items() if v != 1), [["b"]]),
    "values_until_second": (lambda d: next(v for v in d.values() if v != 1), [["b"]]),
    "any_values": (lambda d: any(d.values()), []),
    "value_in_values": (lambda d: None in d.values(), [["b"]]),
    "items_reversed_first": (lambda d: next(iter(reversed(d.items()))), [["d"]]),
    "values_reversed_first": (lambda d: next(iter(reversed(d.values()))), [["d"]]),
    "get_method_as_key": (lambda d: max(["a", "d"], key=lambda k: str(d.get(k))), [["d"]]),
    # what waits for each in turn
    "items": (lambda d: list(d.items()), [["b"], ["d"]]),
    "values": (lambda d: list(d.values()), [["b"], ["d"]]),
    "items_reversed": (lambda d: list(reversed(d.items())), [["d"], ["b"]]),
    "values_reversed": (lambda d: list(reversed(d.values())), [["d"], ["b"]]),
    "items_dict": (lambda d: dict(d.items()), [["b"], ["d"]]),
    "items_len": (lambda d: (len(d.items()), len(d.values())), []),
    "items_equal": (lambda d: d.items() == dict(PLAIN).items(), None),
    "items_or_fails": (lambda d: d.items() | set(), None),
    "items_sub": (lambda d: {("a", 1), ("q", 2)} - {k for k in d.items() if k[0] == "a"}, None),
    "items_isdisjoint": (lambda d: d.items().isdisjoint([("q", 1)]), None),
    "values_equal": (lambda d: d.values() == d.values(), []),
    "sorted_items": (lambda d: sorted(d.items(), key=str), [["b"], ["d"]]),
    "zip": (lambda d: list(zip(d.keys(), d.values())), [["b"], ["d"]]),
    "comprehension": (lambda d: {k: v for k, v in d.items()}, [["b"], ["d"]]),
    "dict_of": (lambda d: dict(d), [["b", "d"]]),
    "dict_of_with": (lambda d: dict(d, z=1), [["b", "d"]]),
    "display": (lambda d: {**d, "z": 1}, [["b", "d"]]),
    "keywords": (lambda d: keywords(**d), [["b", "d"]]),
    "keywords_and_more": (lambda d: keywords(z=1, **d), [["b", "d"]]),
    "format_keywords": (lambda d: "{b}{d}".format(**d), [["b", "d"]]),
    "update_other": (lambda d: (lambda o: (o.update(d), o)[1])({"z": 1}), [["b", "d"]]),
    "subclass_of": (lambda d: dict(Mapping(d)), [["b", "d"]]),
    "ordered_dict": (lambda d: dict(collections.OrderedDict(d)), [["b"], ["d"]]),
    "default_dict": (lambda d: dict(collections.defaultdict(int, d)), [["b", "d"]]),
    "user_dict": (lambda d: collections.UserDict(d).data, None),
    "chain_map_whole": (lambda d: dict(collections.ChainMap({"z": 1}, d)), None),
    "match_method": (lambda d: {k: d[k] for k in d}, [["b"], ["d"]]),
    # what waits for all at once
    "copy": (lambda d: d.copy(), [["b", "d"]]),
    "copy_type": (lambda d: type(d.copy()).__name__, [["b", "d"]]),
    "copy_copy": (lambda d: copy.copy(d), [["b", "d"]]),
    "deepcopy": (lambda d: copy.deepcopy(d), [["b", "d"]]),
    "deepcopy_in_list": (lambda d: (lambda o: o[0] is o[1])(copy.deepcopy([d, d])), [["b", "d"]]),
    "equal": (lambda d: d == dict(PLAIN), [["b", "d"]]),
    "equal_reflected": (lambda d: dict(PLAIN) == d, [["b", "d"]]),
    "unequal": (lambda d: d != dict(PLAIN), [["b", "d"]]),
    "unequal_other": (lambda d: (d != {}, d != {"a": 1}), [["b", "d"]]),
    "equal_reflected_of_a_subclass": (lambda d: collections.OrderedDict(PLAIN) == d, None),
    "equal_of_a_default_dict": (lambda d: (collections.defaultdict(int, PLAIN) == d, collections.Counter(a=1) == d), None),
    "as_attributes": (lambda d: (f"{Bunch(d).d:>6}", Bunch(d).d == "text", Bunch(d).d < "u", isinstance(Bunch(d).b, list)), None),
    "computed_with": (lambda d: (Bunch(d).b + [0], Bunch(d).b + Bunch(d).b, Bunch(d).b * 2, 2 * Bunch(d).b, "in " + Bunch(d).d, "ex" in Bunch(d).d), None),
    "computed_in_place": (lambda d: in_place(Bunch(d)), None),
    "list_in_place": (lambda d: grown(Bunch(d).b), None),
    "reversed_of_value": (lambda d: list(reversed(Bunch(d).b)), None),
    "computed_wrong": (lambda d: Bunch(d).d - 1, None),
    "number_of_text": (lambda d: int(Bunch(d).d), None),
    "length_of_value": (lambda d: (len(Bunch(d).b), len(Bunch(d).d)), None),
    "parts_of_value": (lambda d: (list(Bunch(d).b), Bunch(d).b[0], Bunch(d).b[-1]["x"], 2 in Bunch(d).b), None),
    "methods_of_value": (lambda d: (Bunch(d).d.upper(), Bunch(d).b.index(2)), None),
    "attribute_that_is_not_there": (lambda d: Bunch(d).d.get, None),
    "names_of_a_text": (lambda d: eval("b[0] + len(d)", d, {}), None),
    "items_of_dict": (lambda d: [f"{k}={v}" for k, v in dict.items(d)], None),
    "value_of_dict": (lambda d: (dict.get(d, "d") == "text", not dict.get(d, "b"), hash(dict.get(d, "d")) == hash("text")), None),
    "items_and_not": (lambda d: sorted(d.items() ^ {"a": 1, "b": [2, {"x": 3}], "c": None, "d": "else"}.items()), [["b", "d"]]),
    "items_less": (lambda d: d.items() - {"a": 1, "b": [2, {"x": 3}]}.items(), [["b", "d"]]),
    "items_and": (lambda d: d.items() & {("a", 1), ("d", "text")}, [["b", "d"]]),
    "items_and_reflected": (lambda d: {("a", 1), ("d", "text")} & d.items(), [["b", "d"]]),
    "items_or": (lambda d: d.items() | [("z", 1)], [["b", "d"]]),
    "items_with_themselves": (lambda d: (d.items() == d.items(), d.items() <= d.items(), d.items() < d.items()), [["b", "d"]]),
    "items_equal": (lambda d: (d.items() == dict(PLAIN).items(), d.items() != {1}, d.items() >= {("a", 1)}), [["b", "d"]]),
    "items_disjoint": (lambda d: d.items().isdisjoint([("d", "text")]), [["b", "d"]]),
    "items_or_wrong": (lambda d: d.items() | 1, [["b", "d"]]),
    "equal_itself": (lambda d: d == d, [["b", "d"]]),
    "in_list": (lambda d: d in [0, dict(PLAIN)], [["b", "d"]]),
    "or": (lambda d: d | {"z": 1}, [["b", "d"]]),
    "or_reflected": (lambda d: {"z": 1, "a": 0} | d, [["b", "d"]]),
    "or_of_a_subclass": (lambda d: (d | collections.defaultdict(list))["new"], [["b", "d"]]),
    "or_reflected_of_a_subclass": (lambda d: (collections.OrderedDict(z=1) | d).popitem(), None),
    "or_has_its_own_say": (lambda d: d | Willful(z=1), [["b", "d"]]),
    "equal_has_its_own_say": (lambda d: (d == Willful(), d != Willful()), [["b", "d"]]),
    "or_wrong": (lambda d: d | 1, None),
    "or_reflected_wrong": (lambda d: [] | d, None),
    "or_equals": (lambda d: d.__ior__({"b": 0}) and d["b"], []),
    "or_equals_pairs": (lambda d: (d.__ior__([("z", 1)]), list(d))[1], []),
    "repr": (lambda d: repr(d), [["b"], ["d"]]),
    "str": (lambda d: str(d), [["b"], ["d"]]),
    "f_string": (lambda d: f"{d} {d!r}", [["b"], ["d"]]),
    "percent_r": (lambda d: "%r" % (d,), [["b"], ["d"]]),
    "dicts_own_repr": (lambda d: (type(d).__repr__ is dict.__repr__, dict.__repr__(d)), [["b"], ["d"]]),
    "pprint": (lambda d: pprint.pformat({"z": d, "list": [d]}, width=20), None),
    "reprlib": (lambda d: reprlib.repr(d), None),
    "in_a_list_repr": (lambda d: repr([d]), [["b"], ["d"]]),
    "items_repr": (lambda d: repr(d.items()), [["b", "d"]]),
    "values_repr": (lambda d: repr(d.values()), [["b", "d"]]),
    "json": (lambda d: json.dumps(d), None),
    "json_sorted_indented": (lambda d: json.dumps(d, sort_keys=True, indent=1), None),
    "json_nested": (lambda d: json.dumps({"k": [d]}), None),
    "json_python_encoder": (lambda d: "".join(json.JSONEncoder(indent=1).iterencode(d)), None),
    **{"pickle%d" % n: (lambda d, n=n: pickle.loads(pickle.dumps(d, n)), [["b", "d"]]) for n in range(5)},
    "pickle_itself": (lambda d: [pickled_within_itself(d, n) for n in range(5)], None),
    "pickle_type": (lambda d: type(pickle.loads(pickle.dumps(d))).__name__, [["b", "d"]]),
    "reads_after_all": (lambda d: (d.copy(), d["b"], d.get("d"), type(d.items()).__name__, list(d.values()))[1:], [["b", "d"]]),
    "views_of_before": (views_of_before, None),
    "iterators_of_before": (iterators_of_before, None),
    "methods_of_before": (methods_of_before, None),
    "threads": (threads, None),
    "an_event_of_its_own": (an_event_of_its_own, None),
    "exec_locals": (lambda d: eval("b", {}, d), [["b"]]),
    "grow_while_iterating": (lambda d: [d.__setitem__(k + "2", 0) for k in d], []),
    "read_while_iterating": (lambda d: [d[k] for k in d], [["b"], ["d"]]),
    "grow_while_iterating_items": (lambda d: [d.__setitem__(k + "2", 0) for k, _ in d.items()], None),
}
MEDDLED = {
    "getitem": lambda d: d["b"],
    "get": lambda d: d.get("b"),
    "get_default": lambda d: d.get("d", 5),
    "pop": lambda d: d.pop("b"),
    "pop_default": lambda d: d.pop("d", 5),
    "popitem": lambda d: d.popitem(),
    "setdefault": lambda d: d.setdefault("b", 5),
    "items": lambda d: list(d.items()),
    "items_reversed": lambda d: list(reversed(d.items())),
    "values": lambda d: list(d.values()),
    "values_reversed": lambda d: list(reversed(d.values())),
    "comprehension": lambda d: [(k, v) for k, v in d.items()],
    "sorted_items": lambda d: sorted(d.items(), key=str),
    "item_in_items": lambda d: ("b", [2, {"x": 3}]) in d.items(),
    "value_in_values": lambda d: "text" in d.values(),
    "dict": lambda d: dict(d),
    "display": lambda d: {**d},
    "keywords": lambda d: keywords(**d),
    "update": lambda d: (lambda o: (o.update(d), o)[1])({}),
    "copy": lambda d: d.copy(),
    "deepcopy": lambda d: copy.deepcopy(d),
    "equal": lambda d: d == PLAIN,
    "or": lambda d: d | {},
    "pickle": lambda d: pickle.loads(pickle.dumps(d)),
    "json": lambda d: json.dumps(d),
    "json_indented": lambda d: json.dumps(d, indent=1),
    "items_repr": lambda d: repr(d.items()),
}
CHANGES = {
    "adds": lambda d: d.update(z=1),
    "adds_many": lambda d: d.update(dict.fromkeys(range(100), 1)),
    "deletes_a_ready_one": lambda d: dict.pop(d, "c", None),
    "deletes_one": lambda d: dict.pop(d, "b", None),
    "deletes_another": lambda d: dict.pop(d, "d", None),
    "clears": lambda d: d.clear(),
}
VIEWS = {
    "keys_set": (lambda d: (d.keys() == PLAIN.keys(), PLAIN.keys() == d.keys(), d.keys() <= set(PLAIN), d.keys() == d.keys()), []),
    "keys_sub": (lambda d: (sorted(d.keys() - {"a"}), sorted(PLAIN.keys() - d.keys()), sorted({"q"} | d.keys())), []),
    "keys_or_list": (lambda d: sorted(d.keys() | ["q"]), []),
    "keys_wrong": (lambda d: d.keys() & 1, []),
    "keys_disjoint": (lambda d: (d.keys().isdisjoint(["q"]), d.keys().isdisjoint(d.keys())), []),
    "keys_unhashable": (lambda d: hash(d.keys()), []),
    "keys_iterators": (lambda d: (type(d.keys()).__name__, type(iter(d.keys())).__name__, type(iter(d.items())).__name__), []),
    "keys_first": (lambda d: (lambda first, *rest: (first, rest))(*d.keys()), []),
    "keys_star": (lambda d: [*d.keys(), *sorted(d.keys()), *tuple(d.keys())], []),
    "keys_while_growing": (lambda d: [d.__setitem__(k + "2", 0) for k in d.keys()], []),
    "keys_instance": (lambda d: (isinstance(d.keys(), collections.abc.KeysView), len(d.keys()), bool(d.keys())), []),
    "keys_mapping": (lambda d: dict(getattr(d.keys(), "mapping", d)), None),
    "items_mapping": (lambda d: dict(getattr(d.items(), "mapping", d)), None),
    "values_mapping": (lambda d: getattr(d.values(), "mapping", d)["b"], [["b"]]),
    "hint": (lambda d: (operator.length_hint(iter(d.items())), operator.length_hint(iter(d.values()))), []),
    "hint_after_one": (lambda d: (lambda i: (next(i), operator.length_hint(i)))(iter(d.keys())), []),
    "rest_of_keys": (lambda d: (lambda i: (next(i), list(i)))(iter(d.keys())), []),
    "keys_of_a_grown_dict": (lambda d: grown_behind(iter(d.keys()), d, list), []),
    "items_of_a_grown_dict": (lambda d: grown_behind(iter(d.items()), d, list), []),
    "values_of_a_grown_dict": (lambda d: grown_behind(iter(d.values()), d, list), []),
    "hint_of_a_grown_dict": (lambda d: [grown_behind(iter(view()), d, operator.length_hint) for view in (d.keys, d.items, d.values)], []),
    "hint_twice": (lambda d: [hint_twice(iter(view())) for view in (d.keys, d.items, d.values)], None),
    "hint_of_what_was_listed": (lambda d: (lambda i: (list(i), operator.length_hint(i), list(i)))(iter(d.keys())), None),
    "get_nothing": (lambda d: d.get(), []),
    "get_by_name": (lambda d: d.get("a", default=3), []),
    "setdefault_nothing": (lambda d: d.setdefault(), []),
    "pop_by_name": (lambda d: d.pop(key="a"), []),
    "popitem_wrong": (lambda d: d.pop("a", 1, 2), []),
}
OPERATIONS.update(VIEWS)
# fmt: on
if sys.version_info >= (3, 10):
    exec(
        """
def matched(d):
    match d:
        case {"a": 1, "b": [2, {"x": n}], **rest}:
            return n, rest
def matched_one(d):
    match d:
        case {"z": _}:
            return 0
        case {"a": 2}:
            return 1
        case {"d": str(t)}:
            return t
"""
    )
    OPERATIONS["match"] = (matched, None)  # noqa: F821
    OPERATIONS["match_one"] = (matched_one, [["d"]])  # noqa: F821


def outcome(function, value):
    try:
        return repr(function(value))
    except Exception as error:
        return type(error).__name__ + ": " + str(error)


def failing(function):
    lazy, channel = event(failing=["b"])
    return outcome(function, lazy)


def settled(function):
    """Every field has been read already."""
    lazy, channel = event()
    [lazy[key] for key in lazy]
    channel.asked.clear()
    return outcome(function, lazy), channel.asked


# What another thread may do before any instruction of these functions.
SWAPPING = {"_put_into", "_replace"}
COPYING = {"_is_pending", "_take_all", "_wait", "__next__"}
COPIES = "items items_reversed values value_in_values dict display json".split()


def interleaved(functions, operation, change):
    """`operation` once for each instruction, with the change made before that one: the event, and what it gave."""
    ours = os.path.dirname(sys.modules[PendingField.__module__].__file__)
    left = 0

    def trace(frame, what, argument):
        nonlocal left
        if frame.f_code.co_name not in functions or os.path.dirname(frame.f_code.co_filename) != ours:
            return None
        frame.f_trace_opcodes = True
        if what == "opcode":
            left -= 1
            if left == 0:
                sys.settrace(None)
                frame.f_trace_opcodes = False
                change(lazy)
        return trace

    place = 0
    while left <= 0:
        lazy, channel = event()
        left = place
        sys.settrace(trace)
        found = outcome(operation, lazy)
        sys.settrace(None)
        if place and left <= 0:  # 3.12 begins to trace instructions with the second call that asks for it
            yield lazy, found
        place += 1


def swapped(change, is_done):
    """How many instructions there were, and after how many of them another thread's change was undone."""
    events = [lazy for lazy, found in interleaved(SWAPPING, lambda d: d["b"], change)]
    return len(events), sum(not is_done(lazy) for lazy in events)


def copied(operation, change):
    """How many instructions there were, and what else there was than before or after the change."""
    before, after = copy.deepcopy(PLAIN), copy.deepcopy(PLAIN)
    change(after)
    right = outcome(operation, before), outcome(operation, after)
    found = [got for lazy, got in interleaved(COPYING, operation, change)]
    return len(found), sorted({*found}.difference(right))


def put_back():
    """What is left of an event when what was to be taken of it has failed."""
    left = []
    for take in (
        lambda d: d.pop("b"),
        lambda d: d.pop("b", 1),
        lambda d: [d.popitem(), d.popitem(), d.popitem()],
    ):
        lazy, channel = event(failing=["b"])
        left.append([outcome(take, lazy), list(lazy), outcome(take, lazy), list(lazy)])
    return left


if __name__ == "__main__":
    found = {}
    for name, (function, waits) in OPERATIONS.items():
        lazy, channel = event()
        found[name] = {
            "plain": outcome(function, copy.deepcopy(PLAIN)),
            "lazy": outcome(function, lazy),
            "failing": failing(function),
            "settled": settled(function),
            "waits": waits,
            "waited": channel.asked,
        }
    # As text, or as a sequence that is a text, what stands in a field's place would be taken for data.
    refused = (str, iter, "".join, lambda text: text[0], lambda text: text[1:], pickle.dumps)
    found["refused"] = [outcome(function, Bunch(event()[0]).d) for function in refused]
    found["meddled"] = {
        f"{name} {how}": meddled(operation, change)
        for name, operation in MEDDLED.items()
        for how, change in CHANGES.items()
        if name != "or" or hasattr(dict, "__or__")
    }
    found["put_back"] = put_back()
    found["swapped"] = [
        swapped(lambda d: d.__setitem__("b", 9), lambda d: dict.get(d, "b") == 9),
        swapped(lambda d: dict.pop(d, "b", None), lambda d: "b" not in d),
        swapped(lambda d: d.clear(), lambda d: not len(d)),
    ]
    found["copied"] = {
        f"{name} {how}": copied(MEDDLED[name], CHANGES[how])
        for name in COPIES
        for how in ("adds", "deletes_one")
    }
    print(json.dumps(found))
