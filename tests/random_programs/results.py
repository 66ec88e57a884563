"""What is returned, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from random_programs import blocks, oddities, values
from random_programs.bindings import Field
from random_programs.maker import Maker, Scope, suite

KEYS = ("alpha", "beta", "count", "detail", "extra", "total", "é", "a b")
FORMS = {"named": 12, "inline": 2, "constant": 2, "event": 2, "nested": 2, "derived": 2}
CONSTANTS = (
    "1",
    "2",
    "'v1'",
    "'v2'",
    "None",
    "True",
    "-1",
    "1.0",
    "(1, 2)",
    "'it\\'s'",
    "'a\\\\b\\n'",
    "~1",
    "'\\ud800'",
)
EVENTS = (
    "event.get('n')",
    "event.get('n', 7)",
    "event.get('text', 'none')",
    "event['items']",
    "event.get('user')",
    "event.get('ref')",
    "event.get('ref', 7)",
    "event.get('ref', 'none')",
    "event.get('text', words(2))",
)
NO_DICTS = ("None", "[]", "'nothing'", "{}", "{'error': event.get('text')}", "[event]")

Display = Callable[[Scope], str]


@dataclass
class Result:
    fields: list[Field]

    @property
    def bound(self) -> list[Field]:
        return [field for field in self.fields if field.is_bound]


def choose(maker: Maker) -> Result:
    fields = []
    for number, key in enumerate(maker.some(KEYS, 3 + maker.below(4))):
        form = "named" if number < 3 else maker.weighted(FORMS)
        stem = key if key.isascii() and " " not in key else "value"
        variable = stem if key == stem and maker.chance(0.6) else maker.name(stem)
        maker.mark(f"{form} field")
        fields.append(Field(key, form, variable, values.kind(maker)))
    return Result(maker.some(fields, len(fields)))


def expression(maker: Maker, scope: Scope, field: Field) -> str:
    if field.is_bound and field.variable not in scope.names:
        return maker.pick(CONSTANTS) if maker.chance(0.5) else values.fresh(maker, field.kind)
    if field.form in ("named", "given"):
        return field.variable
    if field.form == "nested":
        forms = ("{'in': X}", "[X, [1]]", "(X, 1)", "[0, {'deep': [X]}]", "{**{'x': X}}", "(1, (X,))")
        return maker.pick(forms).replace("X", field.variable)
    if field.form == "derived":
        return values.read(maker, Scope(names={field.variable: field.kind}))
    if field.form == "constant":
        return maker.pick(CONSTANTS)
    if field.form == "event":
        maker.mark("value of the event")
        return maker.pick(EVENTS)
    return values.fresh(maker, field.kind)


def items(maker: Maker, scope: Scope, result: Result) -> list[tuple[str, str]]:
    pairs = [(field.key, expression(maker, scope, field)) for field in result.fields]
    names = [field for field in result.bound if field.kind == "ints" and field.variable in scope.names]
    inline = [at for at, field in enumerate(result.fields) if field.form == "inline"]
    if names and inline and maker.chance(0.6 * maker.wildness):
        at = maker.pick(inline)
        pairs[at] = (pairs[at][0], _change_inside(maker, maker.pick(names).variable))
    return pairs


def _change_inside(maker: Maker, name: str) -> str:
    """An expression that changes another field, or binds it again, while the display is evaluated."""
    if maker.chance(0.3):
        maker.mark("rebound inside the display", "walrus")
        return values.number(maker, f"({name} := make_ints(N))")
    maker.mark("changed inside the display")
    changes = (
        "grow(X)",
        "X.append(N)",
        "X and X.pop()",
        "meddle(N)",
        "seen_then_grown(X)",
        "number(N) + grow(same(X))",
    )
    return values.number(maker, maker.pick(changes)).replace("X", name)


def display(maker: Maker, pairs: list[tuple[str, str]]) -> str:
    if maker.chance(0.15):
        maker.mark("display over several lines")
        parts = [f'"{key}": {text}' for key, text in pairs]
        return "{\n    " + ",\n    ".join(parts) + ",  # last\n}"
    return on_one_line(pairs)


def on_one_line(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'"{key}": {text}' for key, text in pairs) + "}"


def early_return(maker: Maker, result: Result) -> Callable[[Scope], list[str]]:
    wild = maker.wildness
    shapes = {
        "same": 4,
        "other value": 1,
        "other order": wild,
        "other shape": 1.2 * wild,
        "no dict": 0.8 * wild,
    }

    def make(scope: Scope) -> list[str]:
        shape = maker.weighted(shapes)
        pairs = items(maker, scope, result)
        maker.mark("same shape" if shape == "same" else shape)
        if shape == "other value":
            ready = [at for at, field in enumerate(result.fields) if field.form in ("constant", "event")]
            at = maker.pick(ready) if ready and maker.chance(0.6) else maker.below(len(pairs))
            other = maker.pick(CONSTANTS + EVENTS) if at in ready else values.fresh(maker, values.kind(maker))
            pairs[at] = (pairs[at][0], other)
        elif shape == "other order":
            pairs.insert(0, pairs.pop())
        elif shape == "other shape":
            pairs = pairs[:-1] if maker.chance(0.5) else [*pairs, ("more", "1")]
        elif shape == "no dict":
            return [f"return {maker.pick(NO_DICTS)}"]
        return [f"return {display(maker, pairs)}"]

    return make


def final(maker: Maker, scope: Scope, result: Result) -> list[str]:
    """The last statements of a handler whose fields are bound."""
    wild = maker.wildness
    weights = {
        _display: 32,
        _named: 10,
        _dict_call: 0.8,
        _spread: 0.8,
        _comprehension: 0.7,
        _branches: 0.8,
        _conditional: 0.7,
        _in_try: 1.2,
        _in_with: 0.7,
        _changed: 1.6 * wild,
        odd: 1 + 2 * wild,
        _falls_off: 0.3 + 1.5 * maker.is_aimed,
    }
    return maker.weighted(weights)(maker, scope, result)


def plainly(maker: Maker, scope: Scope, result: Result) -> list[str]:
    weights = {_display: 9, _named: 3, _falls_off: 1, _spread: 1, _branches: 1, _in_try: 1, _in_with: 1}
    return maker.weighted(weights)(maker, scope, result)


def _display(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("display")
    return [f"return {display(maker, items(maker, scope, result))}"]


def _named(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("named display")
    name = maker.pick(("result", "response"))
    between = blocks.statement(maker, scope) if maker.chance(0.15) else []
    bound = [
        field for field in result.bound if field.kind in values.MUTABLE and field.variable in scope.names
    ]
    if bound and maker.chance(0.3 * maker.wildness):
        maker.mark("changed after the display")
        changed = maker.pick(bound)
        between.append(values.change(maker, changed.variable, changed.kind))
    return [f"{name} = {display(maker, items(maker, scope, result))}", *between, f"return {name}"]


def odd(maker: Maker, scope: Scope, result: Result) -> list[str]:
    name = maker.pick(("result", "response"))
    pairs = items(maker, scope, result)
    target = maker.pick(result.fields)
    if maker.chance(0.5):
        target.kind = maker.pick(("ints", "ints", "int", "nest"))
        pairs = [
            (key, values.fresh(maker, target.kind) if key == target.key else text) for key, text in pairs
        ]
    change = oddities.change_result(maker, name, target.key, target.kind)
    effect = ["effect('before')"] if maker.chance(0.7) else []
    lines = [f"{name} = {display(maker, pairs)}", *effect, *change]
    return [*lines, *effect, f"return {name}"]


def _falls_off(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("falls off the end")
    shown = display(maker, items(maker, scope, result))
    return suite(f"if {values.condition(maker, scope.inner())}:", [f"return {shown}"])


def _dict_call(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("dict call")
    pairs = items(maker, scope, result)
    words = [f"{key}={text}" for key, text in pairs if key.isidentifier()]
    others = [f'"{key}": {text}' for key, text in pairs if not key.isidentifier()]
    arguments = ", ".join([*(["{" + ", ".join(others) + "}"] if others else []), *words])
    return [f"return dict({arguments})"]


def _spread(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("spread")
    pairs = items(maker, scope, result)
    cut = 1 + maker.below(len(pairs))
    base = maker.name("base")
    pairs += pairs[: maker.chance(0.3)]
    rest = "".join(f', "{key}": {text}' for key, text in pairs[cut:])
    lines = [f"{base} = {display(maker, pairs[:cut])}"]
    return [*lines, f"return {{**{base}{rest}}}"]


def _comprehension(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("result comprehension")
    pairs = items(maker, scope, result)
    if maker.chance(0.5):
        listed = ", ".join(f'("{key}", {text})' for key, text in pairs)
        return [f"return {{key: value for key, value in ({listed})}}"]
    keys, texts = (", ".join(column) for column in zip(*((f'"{k}"', t) for k, t in pairs), strict=True))
    return [f"return dict(zip(({keys}), ({texts})))"]


def _branches(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("result in branches")
    lines = []
    for header in (f"if {values.condition(maker, scope.inner())}:", "else:"):
        inner = scope.inner()
        spice = blocks.statement(maker, inner) if maker.chance(0.3) else []
        shown = display(maker, items(maker, inner, result))
        lines += suite(header, [*spice, f"result = {shown}"])
    return [*lines, "return result"]


def _conditional(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("conditional result")
    one, other = (display(maker, items(maker, scope, result)) for _ in range(2))
    return [f"return {one} if {values.condition(maker, scope.inner())} else {other}"]


def _in_try(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("return in try", "try")
    body = _named(maker, scope.inner(), result) if maker.chance(0.4) else _display(maker, scope, result)
    lines = suite("try:", body)
    if maker.chance(0.6):
        maker.mark("finally")
        return lines + suite("finally:", blocks.several(maker, scope.inner(in_finally=True), 2))
    maker.mark("except")
    return lines + suite("except ValueError:", _display(maker, scope, result))


def _in_with(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("return in with", "with")
    lists = scope.of("ints")
    held = maker.pick(lists) if lists else 0
    header = f"with {maker.pick(('Holding', 'Watching', 'lending', 'forgiving'))}({held}):"
    if maker.chance(0.5):
        header = "with contextlib.suppress(ValueError):"
    body = _display(maker, scope, result)
    return suite(header, [maker.point(), *body]) + _display(maker, scope, result)


def _changed(maker: Maker, scope: Scope, result: Result) -> list[str]:
    maker.mark("result changed")
    key = maker.pick(result.fields).key
    changes = (
        f'result["{key}"] = {values.fresh(maker, values.kind(maker))}',
        f'result.pop("{key}")',
        "CACHE['result'] = result",
        'result["more"] = 1',
        f'result["{key}"] = result["{key}"], 1',
        f"keep(result)['{key}'] = 0",
        "effect('result', result)",
        "[value.append(9) for value in result.values() if type(value) is list]",
    )
    lines = [f"result = {display(maker, items(maker, scope, result))}"]
    return [*lines, *maker.some(changes, 1 + maker.below(2)), "return result"]
