"""Expressions: fresh values of a kind, harmless reads of a variable, and what changes the value it holds.

Kinds: `int`, `str`, `ints` (a list of numbers), `map` (of numbers), `nest` (a list of lists), `tree` (a dict of lists),
`pair` (a tuple that may hold a list), `any`.
"""

from __future__ import annotations

import re

from random_programs.maker import Maker, Scope

KINDS = {"int": 4, "str": 2, "ints": 5, "map": 3, "nest": 2, "tree": 1, "pair": 1}
MUTABLE = ("ints", "map", "nest", "tree")

# By kind. `N` becomes a small number. What others hold, too, is further below.
_FRESH = {
    "int": ("number(N)", "N", "event.get('n', N)", "len(event)", "N * 2", "-N", "number(number(N))"),
    "str": ("words(N)", "'text'", "event.get('text', '')", "str(N)", "json.dumps([N])", "'é' * N", "''"),
    "ints": (
        "make_ints(N)",
        "[N, 2]",
        "list(range(N))",
        "shaky(N)",
        "sorted(event.get('items', []))",
        "list(count_up(N))",
        "drive(fetch(N))",
        "json.loads('[1, N]')",
        "[]",
        "make_ints(N)[:1]",
        "Lists([N])",
    ),
    "map": (
        "make_map(N)",
        "{'k': N}",
        "dict(k=N, m=2)",
        "{}",
        "dict(make_map(N))",
        "json.loads('{\"k\": N}')",
    ),
    "nest": ("make_nest(N)", "[[N], [2, N]]", "[make_ints(N)]", "make_twins(N)", "drive(fetch_all(N))"),
    "tree": ("make_tree(N)", "{'in': [N], 'out': make_ints(N)}", "dict(make_tree(N))"),
    "pair": ("make_pair(N)", "(N, 2)", "(N, [N])", "(make_ints(N), 'x')"),
}
_HELD = {
    "ints": (
        ("cached(N)", "kept in a cache"),
        ("keep(make_ints(N))", "kept by a helper"),
        ("memoised(N)", "kept in a cache"),
        ("ADD(N)", "kept in a closure"),
        ("BOX.give(N)", "kept by a helper"),
        ("event.get('items', [N])", "value of the event"),
        ("event['items']", "value of the event"),
        ("SHARED", "kept in a global"),
        ("first_of(make_twins(N))", "helper returns a part"),
    ),
    "map": (
        ("cached_map(N)", "kept in a cache"),
        ("keep(make_map(N))", "kept by a helper"),
        ("event.get('user', {})", "value of the event"),
        ("BOX.put({'k': N})", "kept by a helper"),
    ),
    "nest": (
        ("cached_inside(N)", "kept in a cache"),
        ("wrapped(cached(N))", "kept in a cache"),
        ("[SHARED, [N]]", "kept in a global"),
    ),
    "tree": (
        ("keep(make_tree(N))", "kept by a helper"),
        ("{'in': cached(N), 'out': [N]}", "kept in a cache"),
    ),
}
# `X` is a variable of one of the kinds in the row's first column.
_DERIVED = (
    ("ints nest map tree pair str", "len(X)", "int"),
    ("ints", "sum(X)", "int"),
    ("ints", "sorted(X)", "ints"),
    ("ints", "X[:2]", "ints"),
    ("ints", "[*X[:3], 1]", "ints"),
    ("ints", "X + [3]", "ints"),
    ("ints", "(len(X), X)", "pair"),
    ("ints", "[X, [1]]", "nest"),
    ("ints", "wrapped(X)", "nest"),
    ("ints", "{'in': X, 'out': []}", "tree"),
    ("ints map nest tree", "copy.deepcopy(X)", ""),
    ("ints map nest tree", "copy.copy(X)", ""),
    ("ints map nest tree", "X or 0", "any"),
    ("map", "{**X, 'z': 1}", "map"),
    ("map", "X.get('k', 0)", "int"),
    ("map tree", "list(X)", "any"),
    ("nest", "X[0]", "ints"),
    ("nest", "first_of(X)", "ints"),
    ("nest", "X[-1][:1]", "ints"),
    ("tree", "X['in']", "ints"),
    ("tree", "inside_of(X)", "ints"),
    ("int", "X + 1", "int"),
    ("int", "max(X, 2)", "int"),
    ("int", "make_ints(X)", "ints"),
    ("str", "X.upper()", "str"),
    ("ints map nest tree", "keep(X)", ""),
    ("ints map nest tree int str", "same(X)", ""),
)
_READS = {
    "": ("X", "repr(X)", "bool(X)", "type(X).__name__", "X is None", "f'{X}'", "str(X)[:9]", "id(X) == id(X)"),
    "int": ("X + 1", "X > 2", "f'{X:>4}'"),
    "str": ("len(X)", "X.strip()", "X + '!'"),
    "ints": ("len(X)", "sum(X)", "sorted(X)", "X[:1]", "json.dumps(X)", "1 in X", "[*X]", "max(X, default=0)", "X == [1]"),
    "map": ("len(X)", "X.get('k')", "list(X.items())", "sorted(X)", "json.dumps(X)", "'k' in X", "list(X.values())"),
    "nest": ("len(X)", "X[0][0]", "json.dumps(X)", "[len(x) for x in X]", "list(zip(*X))", "sum(map(len, X))"),
    "tree": ("len(X)", "X['in'][0]", "json.dumps(X)", "sorted(X.items())", "X.get('out')"),
    "pair": ("len(X)", "X[0]", "X[-1]"),
}  # fmt: skip
_CHANGES = {
    "ints": (
        ("X.append(N)", "method mutates"),
        ("X.sort(reverse=True)", "method mutates"),
        ("X.extend([N])", "method mutates"),
        ("X.insert(0, N)", "method mutates"),
        ("X and X.pop()", "method mutates"),
        ("X.reverse()", "method mutates"),
        ("X[:1] = [N]", "subscript store"),
        ("X[0] = N", "subscript store"),
        ("del X[:1]", "subscript store"),
        ("X[0] += N", "augmented subscript"),
        ("X += [N]", "augmented name"),
        ("grow(X)", "helper mutates"),
        ("seen_then_grown(X)", "helper mutates later"),
        ("effect('grown', grow(same(X)))", "helper returns its argument"),
    ),
    "map": (
        ("X.update(k=N)", "method mutates"),
        ("X.update({'u': N})", "method mutates"),
        ("X.setdefault('d', N)", "method mutates"),
        ("X.pop('k', None)", "method mutates"),
        ("X['k'] = N", "subscript store"),
        ("X['k'] += 1", "augmented subscript"),
        ("del X['k']", "subscript store"),
        ("grow_map(X)", "helper mutates"),
        ("X.clear()", "method mutates"),
    ),
    "nest": (
        ("X.append([N])", "method mutates"),
        ("X[0].append(N)", "mutated part"),
        ("X[0] = [N]", "subscript store"),
        ("X[-1] += [N]", "augmented subscript"),
        ("grow_part(X)", "mutated part"),
        ("first_of(X).append(N)", "helper returns a part"),
    ),
    "tree": (
        ("X['in'].append(N)", "mutated part"),
        ("X['new'] = [N]", "subscript store"),
        ("inside_of(X).append(N)", "helper returns a part"),
        ("X['out'] += [N]", "augmented subscript"),
    ),
}


def kind(maker: Maker) -> str:
    return maker.weighted(KINDS)


def fresh(maker: Maker, wanted: str) -> str:
    """A value that nobody else holds, or that somebody does at a low rate."""
    if wanted == "any":
        wanted = kind(maker)
    if wanted in _HELD and maker.chance(maker.wildness / 4):
        text, feature = maker.pick(_HELD[wanted])
        maker.mark(feature)
        held = number(maker, text)
        maker.others.append((_other_way(held), ""))
        return held
    text = maker.pick(_FRESH[wanted])
    if "count_up" in text:
        maker.mark("generator")
    return number(maker, text)


def _other_way(held: str) -> str:
    """Another expression for the value, or for one inside it."""
    inside = re.search(r"cached\(\d\)|SHARED", held)
    if inside:
        return inside[0]
    if "BOX.put" in held:
        return "BOX.last"
    if "twins" in held or "keep(" in held:
        return "KEPT[-1] if KEPT else 0"
    return held


def value(maker: Maker, scope: Scope) -> tuple[str, str]:
    """An expression and its kind: fresh, or derived from a variable."""
    if scope.names and maker.chance(0.3):
        name = maker.pick(scope.any_name())
        rows = [row for row in _DERIVED if scope.names[name] in row[0].split()]
        if rows:
            _, text, result = maker.pick(rows)
            return text.replace("X", name), result or scope.names[name]
    wanted = kind(maker)
    return fresh(maker, wanted), wanted


def read(maker: Maker, scope: Scope) -> str:
    """An expression that changes nothing."""
    if not scope.names or maker.chance(0.1):
        return maker.pick(("len(event)", "event.get('n')", "sorted(event)", "bool(event)"))
    name = maker.pick(scope.any_name())
    maker.mark("harmless read")
    texts = _READS[""] + _READS.get(scope.names[name], ()) * 2
    return maker.pick(texts).replace("X", name)


def change(maker: Maker, name: str, of: str) -> str:
    """A statement that changes the value of a variable of a mutable kind."""
    text, feature = maker.pick(_CHANGES[of])
    maker.mark(feature)
    return number(maker, text).replace("X", name)


def condition(maker: Maker, scope: Scope) -> str:
    choices = {"event": 4, "read": 2, "chained": 1, "walrus": 1}
    choice = maker.weighted(choices)
    if choice == "chained":
        maker.mark("chained comparison")
        return number(maker, "0 <= event.get('n', 0) < N")
    if choice == "walrus":
        maker.mark("walrus")
        name = maker.name("w")
        text = fresh(maker, "ints")
        scope.names[name] = "ints"
        return f"({name} := {text})"
    if choice == "read":
        return read(maker, scope)
    return maker.pick(
        (
            "event.get('flag')",
            "not event.get('flag')",
            "event.get('n', 0) > 2",
            "event.get('mode') == 'a'",
            "event",
        )
    )


def number(maker: Maker, text: str) -> str:
    parts = text.split("N")
    joined = parts[0]
    for before, part in zip(parts, parts[1:], strict=False):
        is_word = before[-1:].isalnum() or before[-1:] == "_" or part[:1].isalnum() or part[:1] == "_"
        joined += ("N" if is_word else str(maker.below(5))) + part
    return joined
