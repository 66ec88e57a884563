"""Whole function bodies: fields bound one after the other, what happens between them, and the result."""

from __future__ import annotations

from random_programs import bindings, blocks, gathering, merging, oddities, results, values
from random_programs.bindings import Field
from random_programs.maker import Maker, Scope, indented, suite
from random_programs.results import Result


def body(maker: Maker, result: Result, calls_itself: bool = False) -> list[str]:
    maker.globals, maker.others = set(), []
    scope = Scope(make_return=results.early_return(maker, result), calls_itself=calls_itself)
    make = _filled if maker.chance(0.05) else _computed
    lines = make(maker, scope, result)
    declared = [f"global {', '.join(sorted(maker.globals))}"] if maker.globals else []
    maker.globals = set()
    return declared + lines


def order(maker: Maker, result: Result) -> list[Field]:
    fields = result.bound
    return maker.some(fields, len(fields)) if maker.chance(0.3) else fields


def spice(maker: Maker, scope: Scope) -> list[str]:
    lines: list[str] = []
    while maker.chance(0.2 + 0.4 * maker.wildness):
        lines += blocks.statement(maker, scope)
    return lines


def _computed(maker: Maker, scope: Scope, result: Result) -> list[str]:
    lines = []
    for field in order(maker, result):
        lines += spice(maker, scope)
        lines += bindings.bind(maker, scope, field)
    lines += spice(maker, scope)
    lines += blocks.loop_behind_a_change(maker, scope)
    odd = 0.03 + 0.05 * maker.wildness
    end = maker.weighted({merging.merged: odd, gathering.gathered: odd, results.final: 1})
    return lines + end(maker, scope, result)


def aimed(maker: Maker, result: Result) -> list[str]:
    """Fields are bound, one oddity happens, and they are returned."""
    maker.globals, maker.others = set(), []
    scope = Scope(make_return=results.early_return(maker, result))
    aim = oddities.aim(maker)
    target = maker.pick(result.bound)
    if aim.kind in values.KINDS:
        target.kind = aim.kind
    if aim.kind == "event":
        maker.pick([field for field in result.fields if field is not target]).form = "event"
    lines = []
    for field in order(maker, result):
        bind = bindings.plainly if field is target else bindings.bind
        lines += bind(maker, scope, field)
    lines += ["effect('before')"] * maker.chance(0.5)
    if aim.kind == "result":
        lines += results.odd(maker, scope, result)
    elif aim.kind == "merged":
        lines += merging.merged(maker, scope, result)
    else:
        if maker.shadow:
            lines += oddities.change(maker, scope)
        else:
            back = f"return {results.on_one_line(results.items(maker, scope, result))}"
            lines += oddities.change_by(maker, aim, "event" if aim.kind == "event" else target.variable, back)
        lines += ["effect('after')", *results.plainly(maker, scope, result)]
    declared = [f"global {', '.join(sorted(maker.globals))}"] if maker.globals else []
    maker.globals = set()
    return declared + lines


def _filled(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("filled")
    name = maker.pick(("result", "r"))
    lines = [f"{name} = {{}}" if maker.chance(0.8) else f"{name} = dict()"]
    fields = result.fields
    if maker.chance(0.3):
        maker.mark("filled from a display")
        first, fields = fields[:2], fields[2:]
        lines = [one for field in first if field.is_bound for one in bindings.bind(maker, scope, field)]
        lines.append(f"{name} = {results.display(maker, results.items(maker, scope, Result(first)))}")
    for field in fields:
        lines += spice(maker, scope)
        if field.is_bound:
            lines += bindings.bind(maker, scope, field)
        lines.append(_store(maker, name, field, results.expression(maker, scope, field)))
    return [*lines, *spice(maker, scope), f"return {name}"]


def _store(maker: Maker, name: str, field: Field, text: str) -> str:
    choices = {"subscript": 5, "dict": 1, "setdefault": 0.7, "union": 0.5 * maker.allows_new_syntax}
    if field.key.isidentifier():
        choices["keywords"] = 1
    choice = maker.weighted(choices)
    if choice == "dict":
        maker.mark("update with a dict")
        return f'{name}.update({{"{field.key}": {text}}})'
    if choice == "keywords":
        maker.mark("update with keywords")
        return f"{name}.update({field.key}={text})"
    if choice == "setdefault":
        maker.mark("setdefault")
        return f'{name}.setdefault("{field.key}", {text})'
    if choice == "union" and maker.since((3, 9)):
        maker.mark("union update")
        return f'{name} |= {{"{field.key}": {text}}}'
    return f'{name}["{field.key}"] = {text}'


def function(header: str, lines: list[str]) -> list[str]:
    return [header, *indented(lines)]


def by_helper(maker: Maker, result: Result) -> tuple[list[str], list[str]]:
    """The body of a handler that returns what a function of its module makes, and that function."""
    choices = {_arguments: 3, _computing: 3, _nested: 2, _recursive: 1}
    return maker.weighted(choices)(maker, result)


def _arguments(maker: Maker, result: Result) -> tuple[list[str], list[str]]:
    maker.mark("result by a helper")
    scope = Scope(make_return=results.early_return(maker, result))
    lines = []
    for field in order(maker, result):
        lines += spice(maker, scope) + bindings.bind(maker, scope, field)
    name = maker.name("build")
    parameters = [f"p{number}" for number, _ in enumerate(result.fields)]
    pairs = [(field.key, p) for field, p in zip(result.fields, parameters, strict=True)]
    inside = Scope(names={p: field.kind for p, field in zip(parameters, result.fields, strict=True)})
    inner = [values.read(maker, inside)] if maker.chance(0.3) else []
    if maker.chance(0.2 * maker.wildness):
        inner.append("grow(p0)")
    if maker.is_aimed and maker.chance(0.4):
        inner += oddities.change(maker, inside)
    if maker.chance(0.15):
        maker.mark("builder with other keys")
        other = [f"return {results.display(maker, [*pairs, ('more', '1')])}"]
        inner += suite(f"if {maker.pick(parameters)}:", other)
    arguments = [results.expression(maker, scope, field) for field in result.fields]
    if maker.chance(0.4):
        at = maker.below(len(arguments))
        arguments[at] = values.fresh(maker, result.fields[at].kind)
    made = [f"return {results.display(maker, pairs)}"]
    if maker.chance(0.35) and all(field.key.isidentifier() for field in result.fields):
        parameters, made, arguments = _of_keywords(maker, result, arguments)
        inner = []
    elif maker.chance(0.3):
        arguments[-1] = f"{parameters[-1]}={arguments[-1]}"
    elif maker.chance(0.15):
        maker.mark("starred builder")
        arguments = [f"*[{arguments[0]}, {arguments[1]}]", *arguments[2:]]
    helper = _helper(maker, name, parameters, [*inner, *made])
    if maker.chance(0.2):
        maker.mark("helper is called elsewhere")
        lines.append(f"effect('elsewhere', {name}({', '.join('0' * len(parameters))}))")
    declared = [f"global {name}" for name in sorted(maker.globals)]
    maker.globals = set()
    call = f"{name}({', '.join(arguments)})"
    return [*declared, *lines, *_returned(maker, call)], helper


def _of_keywords(
    maker: Maker, result: Result, arguments: list[str]
) -> tuple[list[str], list[str], list[str]]:
    """Parameters, body and arguments of a builder that gathers keywords."""
    maker.mark("builder with keywords")
    given = [f"{field.key}={text}" for field, text in zip(result.fields, arguments, strict=True)]
    key = maker.pick(result.fields).key
    before = maker.pick(
        (
            "effect('gathered', *data)",
            f"data['{key}'] = 1",
            f"data['{key}'] = 1",
            f"data['{key}'] = data.pop('{key}')",
            "[harm(value) for value in data.values()]",
        )
    )
    if maker.chance(0.5):
        return [result.fields[0].key, "**data"], [before, "return {'ok': True, **data}"], given
    return ["**data"], [before, "return {'ok': True, **data}"], given


def _helper(maker: Maker, name: str, parameters: list[str], lines: list[str]) -> list[str]:
    if maker.chance(0.2):
        maker.mark("docstring")
        lines = ["'Says what it does.'", *lines]
    helper = function(f"def {name}({', '.join(parameters)}):", lines)
    if maker.chance(0.8):
        return helper
    maker.mark("decorated helper")
    wrapper = [
        "def wrapper(*args, **kwargs):",
        "    result = function(*args, **kwargs)",
        "    return {'around': 1, **result}",
        "return wrapper",
    ]
    return [*function("def around(function):", wrapper), "", "@around", *helper]


def _returned(maker: Maker, call: str) -> list[str]:
    if maker.chance(0.75):
        return [f"return {call}"]
    if maker.chance(0.4):
        result = maker.pick((call, call, f"{{**{call}, 'last': last}}"))
        return [
            "last = make_ints(3)",
            "effect('before')",
            f"result = {result}",
            "effect('built')",
            "return result",
        ]
    if maker.chance(0.3):
        maker.mark("helper inside with")
        enter = maker.pick(
            ("Watching(0)", "lending(0)", "lending(0), Watching(1)", "Holding(0, True)", "forgiving(0)")
        )
        return [*suite(f"with {enter}:", [f"return {call}"]), "return {'left': 1}"]
    maker.mark("helper in a try")
    ending = maker.pick(
        (
            ["except Exception:", "    return {'error': 1}"],
            ["finally:", "    effect('finally')"],
            ["finally:", "    if event.get('flag'):", "        return {'other': 1}"],
        )
    )
    return ["try:", f"    return {call}", *ending]


def _computing(maker: Maker, result: Result) -> tuple[list[str], list[str]]:
    maker.mark("result by a computing helper")
    name = maker.name("compute")
    parameters, arguments = ["event"], ["event"]
    if maker.chance(0.4):
        result.fields.insert(maker.below(3), Field("given", "given", "given", "int"))
        parameters, arguments = ["event", "given"], ["event", str(maker.below(5))]
    call = f"{name}({', '.join(arguments)})"
    helper = _helper(maker, name, parameters, body(maker, result))
    lines = []
    if maker.chance(0.3):
        maker.mark("helper is called elsewhere")
        lines.append(f"effect('elsewhere', {call})")
    if maker.chance(0.3):
        return [*lines, f"result = {call}", "return result"], helper
    return [*lines, *_returned(maker, call)], helper


def _nested(maker: Maker, result: Result) -> tuple[list[str], list[str]]:
    maker.mark("result by a nested helper")
    inner, helper = by_helper(maker, result)
    name = maker.name("outer")
    return [f"return {name}(event)"], [*helper, "", *function(f"def {name}(event):", inner)]


def _recursive(maker: Maker, result: Result) -> tuple[list[str], list[str]]:
    maker.mark("result by a recursive helper")
    name = maker.name("again")
    lines = body(maker, result)
    place = 1 if lines[0].startswith("global") else 0
    call = (
        "if depth: return NAME(event, depth - 1)"
        if maker.chance(0.5)
        else "if depth: effect('back', NAME(event, depth - 1))"
    )
    lines.insert(place, call.replace("NAME", name))
    return [f"return {name}(event)"], function(f"def {name}(event, depth={1 + maker.below(2)}):", lines)
