"""Compound statements. Every loop ends by itself: over a copy of at most three items, or counted before all else,
or as `again` says."""

from __future__ import annotations

from random_programs import statements, values
from random_programs.maker import LONGEST_SUITE, MAX_DEPTH, Maker, Scope, suite
from random_programs.values import MUTABLE

ERRORS = (
    "ValueError",
    "KeyError",
    "TypeError",
    "RuntimeError",
    "Exception",
    "(ValueError, KeyError)",
    "LookupError",
)


def statement(maker: Maker, scope: Scope) -> list[str]:
    if scope.depth >= MAX_DEPTH or maker.chance(0.7):
        return statements.simple(maker, scope)
    weights = {_if: 5, _for: 3, _while: 1.5, _try: 3.5, _with: 2, _guard: 1.5, _raise: 0.4}
    if maker.allows_new_syntax:
        weights |= {_match: 2, _except_star: 1}
    return maker.weighted(weights)(maker, scope)


def several(maker: Maker, scope: Scope, most: int = LONGEST_SUITE) -> list[str]:
    lines: list[str] = []
    for _ in range(1 + maker.below(most)):
        lines += statement(maker, scope)
    return lines


def _body(maker: Maker, scope: Scope, **changes) -> list[str]:
    inner = scope.inner(**changes)
    lines = several(maker, inner)
    if inner.in_loop and maker.chance(0.2):
        return lines + _leave_loop(maker, inner)
    if inner.make_return and maker.chance(0.08):
        return lines + _early_return(maker, inner)
    return lines


def _leave_loop(maker: Maker, scope: Scope) -> list[str]:
    word = maker.pick(("break", "continue"))
    maker.mark(word)
    return suite(f"if {values.condition(maker, scope)}:", [word])


def _early_return(maker: Maker, scope: Scope) -> list[str]:
    assert scope.make_return
    if scope.in_loop:
        maker.mark("return in a loop")
    if scope.in_finally:
        maker.mark("return in finally")
    return scope.make_return(scope)


def _if(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("if")
    lines = suite(f"if {values.condition(maker, scope.inner())}:", _body(maker, scope))
    if maker.chance(0.3):
        maker.mark("elif")
        lines += suite(f"elif {values.condition(maker, scope.inner())}:", _body(maker, scope))
    if maker.chance(0.4):
        maker.mark("else")
        lines += suite("else:", _body(maker, scope))
    return lines


def _guard(maker: Maker, scope: Scope) -> list[str]:
    if not scope.make_return:
        return _if(maker, scope)
    maker.mark("guard clause")
    inner = scope.inner()
    condition = values.condition(maker, scope.inner()) if maker.chance(0.3) else "event.get('mode') == 'b'"
    return suite(f"if {condition}:", _early_return(maker, inner))


def _for(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("for")
    inner = scope.inner(in_loop=True)
    item = maker.name("i")
    choices = {
        "range(3)": "int",
        "event.get('items', [])[:3]": "int",
        "sorted(event)[:3]": "str",
        "count_up(2)": "int",
    }
    choices |= {f"{name}[:3]": "int" for name in scope.of("ints")}
    choices |= {f"{name}[:3]": "ints" for name in scope.of("nest")}
    choices |= {f"list({name}.values())[:3]": "ints" for name in scope.of("tree")}
    source = maker.pick([*choices])
    target = item
    inner.names[item] = choices[source]
    if maker.chance(0.2):
        target = f"{maker.name('k')}, {item}"
        source = f"enumerate({source})"
    lines = suite(f"for {target} in {source}:", _body(maker, inner, in_loop=True, depth=inner.depth))
    return lines + _loop_else(maker, scope, "for else")


def _while(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("while")
    turn = maker.name("turn")
    body = _body(maker, scope, in_loop=True)
    condition = f"{turn} < {1 + maker.below(3)}"
    before = [f"{turn} = 0"]
    number = int(turn.rpartition("_")[2])
    if number % 2:
        # Nothing is bound in front of it: so it may stand directly behind another compound statement.
        maker.mark("while without a counter")
        condition, before = f"again({number})", []
    else:
        maker.mark("augmented name")
        body.insert(0, f"{turn} += 1")
    if maker.chance(0.3):
        condition += f" and ({values.read(maker, scope)} or True)"
    return [*before, *suite(f"while {condition}:", body), *_loop_else(maker, scope, "while else")]


def loop_behind_a_change(maker: Maker, scope: Scope) -> list[str]:
    """At times: where the fields are final, nothing but the second loop's header is left to publish them from."""
    turn = maker.name("turn")
    number = int(turn.rpartition("_")[2])
    lists = [name for name in scope.of("ints") if name in scope.fields]
    if number % 3 or not lists:
        return []
    maker.mark("while without a counter")
    change = suite("for _ in range(2):", [f"{lists[number % len(lists)]}.append({number})"])
    return [*change, *suite(f"while again({number}):", [f"effect('turn', {number})"])]


def _loop_else(maker: Maker, scope: Scope, feature: str) -> list[str]:
    if maker.chance(0.75):
        return []
    maker.mark(feature)
    return suite("else:", _body(maker, scope))


def _try(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("try")
    body = _body(maker, scope)
    if maker.chance(0.6):
        body.insert(maker.below(2) and len(body), maker.point() if maker.chance(0.6) else "shaky(3)")
    lines = suite("try:", body)
    handlers = maker.pick((0, 1, 1, 1, 2))
    for error in maker.some(ERRORS, handlers):
        lines += _except(maker, scope, error)
    if handlers and maker.chance(0.3):
        maker.mark("try else")
        lines += suite("else:", _body(maker, scope))
    if not handlers or maker.chance(0.25):
        maker.mark("finally")
        lines += suite("finally:", _body(maker, scope, in_finally=True))
    return lines


def _except(maker: Maker, scope: Scope, error: str) -> list[str]:
    maker.mark("except")
    header = f"except {error}:"
    inner = scope.inner()
    body = several(maker, inner)
    if maker.chance(0.4):
        maker.mark("except as a variable")
        name = maker.name("e")
        header = f"except {error} as {name}:"
        body.insert(0, f"effect('caught', type({name}).__name__, str({name}))")
    changeable = inner.of(*MUTABLE)
    if changeable and maker.chance(0.4 * maker.wildness):
        maker.mark("mutated in except")
        target = maker.pick(changeable)
        body.append(values.change(maker, target, inner.names[target]))
    if maker.chance(0.2):
        maker.mark("re-raising except")
        body.append(
            maker.pick(("raise", "raise ValueError('again')", "raise RuntimeError('no cause') from None"))
        )
    else:
        maker.mark("swallowing except")
    return suite(header, body)


def _raise(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("raise")
    error = maker.pick(ERRORS[:4])
    return suite(f"if event.get('fail') == {maker.below(9)}:", [f"raise {error}('raised')"])


def _with(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("with")
    inner = scope.inner()
    name = maker.name("held")
    lists = scope.of("ints")
    choice = maker.weighted({"suppress": 2, "quiet": 2, "holding": 1 + 2 * maker.wildness, "lending": 1})
    if choice == "suppress":
        maker.mark("swallowing with")
        header = f"with contextlib.suppress({maker.pick(ERRORS[:5])}):"
    elif choice == "quiet":
        maker.mark("swallowing with")
        inner.names[name] = "ints"
        header = f"with Quiet({maker.pick(ERRORS[:5])}) as {name}:"
    elif choice == "lending":
        header = f"with lending({values.fresh(maker, 'map')}) as {name}, lending({maker.pick(lists or ['event'])}):"
        inner.names[name] = "map"
    else:
        maker.mark("with that mutates at its end")
        swallows = maker.pick(("", ", True"))
        held = maker.pick(lists) if lists else "make_ints(1)"
        if maker.chance(0.3):
            header = f"with Watching({held}) as {name}:"
        else:
            header = f"with Holding({held}{swallows}) as {name}:"
        inner.names[name] = "ints"
    body = _body(maker, inner, depth=inner.depth)
    if maker.chance(0.4):
        body.append(maker.point())
    return suite(header, body)


def _match(maker: Maker, scope: Scope) -> list[str]:
    if not maker.since((3, 10)):
        return _if(maker, scope)
    maker.mark("match", "match capture", "match guard")
    subject = maker.pick(["event.get('items')", "event", *scope.names])
    one, other, rest = maker.name("p"), maker.name("p"), maker.name("p")
    cases = [
        (f"[{one}, *{other}] if {values.condition(maker, scope.inner())}", other, "ints"),
        (f"{{'k': {one}, **{rest}}}", rest, "map"),
        (f"{{'n': int({one})}}", one, "int"),
        (f"str() | int() as {one}", one, "any"),
        (f"[[*{one}], *_]", one, "ints"),
    ]
    lines = []
    for pattern, bound, kind in maker.some(cases, 2):
        inner = scope.inner()
        inner.depth += 1
        inner.names[bound] = kind
        lines += suite(f"case {pattern}:", _body(maker, inner))
    if maker.chance(0.6):
        lines += suite("case _:", _body(maker, scope))
    return suite(f"match {subject}:", lines)


def _except_star(maker: Maker, scope: Scope) -> list[str]:
    if not maker.since((3, 11)):
        return _try(maker, scope)
    maker.mark("except star")
    name = maker.name("group")
    inner = scope.inner(in_loop=False, make_return=None)
    lines = suite("try:", [*several(maker, inner), maker.point()])
    caught = [f"effect('group', len({name}.exceptions))", *several(maker, inner.inner())]
    return lines + suite(f"except* {maker.pick(ERRORS[:4])} as {name}:", caught)
