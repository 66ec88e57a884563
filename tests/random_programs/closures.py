"""Nested functions, classes, generators and coroutines: what runs later, with the variables as they are then."""

from __future__ import annotations

import re

from random_programs import values
from random_programs.maker import Maker, Scope, indented
from random_programs.values import MUTABLE


def weights(maker: Maker, scope: Scope) -> dict:
    wild = maker.wildness
    return {
        _nested_function: 0.7 * wild,
        _lambda: 0.6 * wild,
        _nested_class: 0.3 * wild,
        _nonlocal: 0.4 * wild,
        _async: 0.2,
        _generator: 0.4 * wild,
        _lazy: 0.6 * wild,
        _call_later: 1.5 if scope.of("callable") else 0,
    }


def _nested_function(maker: Maker, scope: Scope) -> list[str]:
    name = maker.name("inner")
    inside = scope.inner(make_return=None, in_loop=False)
    body = [f"return {values.read(maker, inside)}"]
    changeable = scope.of(*MUTABLE)
    if changeable and maker.chance(maker.wildness):
        target = maker.pick(changeable)
        change = values.change(maker, target, scope.names[target])
        if "+=" not in change or "]" in change.split("+=")[0]:
            body.insert(0, change)
    maker.mark("nested function")
    lines = [f"def {name}():", *indented(body)]
    if maker.chance(0.3):
        maker.mark("kept in a closure")
        lines.append(f"KEPT.append({name})")
    scope.names[name] = "callable"
    return lines + [f"effect('inner', {name}())"] * maker.pick((0, 0, 1, 2))


def _lambda(maker: Maker, scope: Scope) -> list[str]:
    name = maker.name("get")
    maker.mark("lambda")
    text = f"lambda: {values.read(maker, scope)}"
    names = scope.of("ints")
    if names and maker.chance(0.5):
        changing = (
            "lambda: X.append(N)",
            "lambda v=X: v.append(N)",
            "functools.partial(X.append, N)",
            "X.reverse",
        )
        text = re.sub(r"\bX\b", maker.pick(names), values.number(maker, maker.pick(changing)))
    lines = [f"{name} = {text}"]
    scope.names[name] = "callable"
    return lines + [f"effect('lambda', {name}())"] * maker.pick((0, 0, 1, 2))


def _nested_class(maker: Maker, scope: Scope) -> list[str]:
    name = maker.name("Held")
    maker.mark("nested class")
    names = scope.any_name() or ["event"]
    held = maker.pick(names)
    lines = [f"class {name}:", f"    held = {held}"]
    if maker.chance(0.5):
        lines += ["    def get(self):", f"        return {maker.pick(names)}"]
        return [*lines, f"effect('class', {name}().get())"]
    if maker.chance(0.4):
        lines.append(f"KEPT.append({name})")
    return [*lines, f"effect('class', {name}.held)"]


def _nonlocal(maker: Maker, scope: Scope) -> list[str]:
    names = scope.of("ints")
    if not names or scope.depth:
        return _read(maker, scope)
    name, function = maker.pick(names), maker.name("rebind")
    maker.mark("nonlocal")
    change = maker.pick(("X = make_ints(N)", "X += [N]", "X = X[:2]"))
    body = ["nonlocal " + name, values.number(maker, change).replace("X", name)]
    scope.names[function] = "callable"
    return [f"def {function}():", *indented(body)] + [f"{function}()"] * maker.pick((0, 0, 1))


def _async(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("async function")
    name, function = maker.name("a"), maker.name("fetched")
    read = values.read(maker, scope)
    scope.names[name] = "ints"
    body = [f"effect('async', {read})", values.number(maker, "return await fetch(N)")]
    return [f"async def {function}():", *indented(body), f"{name} = drive({function}())"]


def _generator(maker: Maker, scope: Scope) -> list[str]:
    names = scope.of("ints")
    maker.mark("generator")
    if not names:
        return [values.number(maker, "effect('counted', *count_up(N))")]
    name, lender = maker.pick(names), maker.name("lender")
    if maker.chance(0.4):
        resume = maker.name("resume")
        scope.names[resume] = "callable"
        return [
            f"{lender} = lend({name})",
            f"next({lender})",
            f"{resume} = functools.partial(next, {lender}, None)",
        ]
    ending = maker.pick(
        (f"effect('lent', next({lender}, None))", f"effect('all', *{lender})", f"KEPT.append({lender})")
    )
    return [f"{lender} = lend({name})", f"next({lender})", ending]


def _lazy(maker: Maker, scope: Scope) -> list[str]:
    """An iterator that reads the variable's value when it is asked, perhaps after that has changed."""
    names = scope.of("ints")
    if not names:
        return _read(maker, scope)
    name, lazy = maker.pick(names), maker.name("lazy")
    maker.mark("read lazily", "generator expression")
    forms = (
        "(x for x in NAME)",
        "iter(NAME)",
        "map(number, NAME)",
        "(len(NAME) for _ in 'ab')",
        "reversed(NAME)",
    )
    changes = [values.change(maker, name, "ints")] if maker.chance(maker.wildness) else []
    lines = [f"{lazy} = {maker.pick(forms).replace('NAME', name)}", *changes]
    return [
        *lines,
        f"effect('between', {values.read(maker, scope)})",
        f"effect('lazy', *zip('abcdef', {lazy}))",
    ]


def _call_later(maker: Maker, scope: Scope) -> list[str]:
    names = scope.of("callable")
    if not names:
        return _read(maker, scope)
    maker.mark("called later")
    return [f"effect('later', {maker.pick(names)}())"]


def _read(maker: Maker, scope: Scope) -> list[str]:
    return [f"effect('read', {values.read(maker, scope)})"]
