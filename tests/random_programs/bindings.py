"""How a field's variable gets its value."""

from __future__ import annotations

from dataclasses import dataclass

from random_programs import blocks, values
from random_programs.maker import Maker, Scope, suite


@dataclass
class Field:
    key: str
    form: str
    """`named`, `nested` and `derived` have a variable; `inline`, `constant` and `event` have none; `given` is a parameter."""
    variable: str
    kind: str

    @property
    def is_bound(self) -> bool:
        return self.form in ("named", "nested", "derived")


def bind(maker: Maker, scope: Scope, field: Field) -> list[str]:
    """Statements after which the field's variable is bound, but for errors."""
    wild = maker.wildness
    weights = {
        _assign: 14,
        _several_targets: 0.5,
        _annotated: 0.4,
        _unpacked: 0.5,
        _starred: 0.4,
        _walrus: 0.4,
        _walrus_in_comprehension: 0.3 * wild,
        _grown: 0.8,
        _in_branches: 1.4,
        _in_try: 1.2,
        _in_loop: 0.4 * wild,
        _loop_target: 0.3 * wild,
        _in_with: 0.3,
        _with_target: 0.4 * wild,
        _except_target: 0.3 * wild,
        _deleted: 0.3 * wild,
        _alias: 0.8 * wild,
    }
    if maker.allows_new_syntax:
        weights[_matched] = 0.6
    lines = maker.weighted(weights)(maker, scope, field)
    scope.names[field.variable] = field.kind
    scope.fields.add(field.variable)
    return lines


def plainly(maker: Maker, scope: Scope, field: Field) -> list[str]:
    scope.names[field.variable] = field.kind
    scope.fields.add(field.variable)
    return [f"{field.variable} = {values.fresh(maker, field.kind)}"]


def _assign(maker: Maker, scope: Scope, field: Field) -> list[str]:
    if maker.chance(0.15):
        text, field.kind = values.value(maker, scope)
        return [f"{field.variable} = {text}"]
    return [f"{field.variable} = {values.fresh(maker, field.kind)}"]


def _several_targets(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("several targets")
    other = maker.name("v")
    scope.names[other] = field.kind
    targets = maker.some([field.variable, other], 2)
    return [f"{' = '.join(targets)} = {values.fresh(maker, field.kind)}"]


def _annotated(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("annotated")
    return [f"{field.variable}: object = {values.fresh(maker, field.kind)}"]


def _unpacked(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("tuple unpacking")
    other = maker.name("v")
    scope.names[other] = "int"
    return [f"{field.variable}, {other} = {values.fresh(maker, field.kind)}, {values.fresh(maker, 'int')}"]


def _starred(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("star assignment")
    field.kind = "ints"
    return [values.number(maker, f"_, *{field.variable} = make_ints(N)")]


def _walrus(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("walrus")
    text = f"({field.variable} := {values.fresh(maker, field.kind)})"
    if maker.chance(0.5):
        return [f"effect('bound', {text})"]
    return suite(f"if {text}:", blocks.several(maker, scope.inner()))


def _walrus_in_comprehension(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("walrus in a comprehension", "walrus in a comprehension binds a field")
    field.kind = "ints"
    kept = maker.name("c")
    scope.names[kept] = "nest"
    return [values.number(maker, f"{kept} = [({field.variable} := make_ints(x)) for x in (N, 2)]")]


def _grown(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("augmented name")
    if field.kind not in ("ints", "nest"):
        field.kind = "int"
        return [f"{field.variable} = 0", values.number(maker, f"{field.variable} += number(N)")]
    fresh = values.fresh(maker, field.kind)
    return [
        f"{field.variable} = {values.fresh(maker, field.kind)}",
        f"{field.variable} += {fresh}[:2]",
    ]


def _in_branches(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("if", "else")
    lines = []
    for header in (f"if {values.condition(maker, scope.inner())}:", "else:"):
        inner = scope.inner()
        lines += suite(header, [*_before(maker, inner), *_assign(maker, inner, field)])
    return lines


def _in_try(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("try", "except", "swallowing except")
    inner = scope.inner()
    body = [*_before(maker, inner), f"{field.variable} = {values.fresh(maker, field.kind)}"]
    if maker.chance(0.5):
        body.insert(maker.pick((0, len(body))), maker.point())
    lines = suite("try:", body)
    lines += suite("except Exception:", [f"{field.variable} = {values.fresh(maker, field.kind)}"])
    if maker.chance(0.3):
        maker.mark("finally")
        lines += suite("finally:", blocks.several(maker, scope.inner(in_finally=True), 2))
    return lines


def _in_loop(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("for")
    inner = scope.inner(in_loop=True)
    body = [*_before(maker, inner), f"{field.variable} = {values.fresh(maker, field.kind)}"]
    return suite(f"for {maker.name('i')} in range({1 + maker.below(3)}):", body)


def _loop_target(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("for", "loop target is a field")
    inner = scope.inner(in_loop=True)
    items = f"({values.fresh(maker, field.kind)}, {values.fresh(maker, field.kind)})"
    return suite(f"for {field.variable} in {items}:", blocks.several(maker, inner, 2))


def _in_with(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("with")
    inner = scope.inner()
    header = f"with lending({maker.below(9)}):"
    return suite(header, [*_before(maker, inner), f"{field.variable} = {values.fresh(maker, field.kind)}"])


def _with_target(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("with", "with as a field", "with that mutates at its end")
    field.kind = "ints"
    inner = scope.inner()
    inner.names[field.variable] = "ints"
    header = f"with Holding({values.fresh(maker, 'ints')}) as {field.variable}:"
    return suite(header, blocks.several(maker, inner, 2))


def _except_target(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("try", "except", "except as a field")
    lines = [f"{field.variable} = {values.fresh(maker, field.kind)}"] if maker.chance(0.5) else []
    lines += suite("try:", [maker.point(), *blocks.several(maker, scope.inner(), 2)])
    lines += suite(f"except Exception as {field.variable}:", [f"effect('error', str({field.variable}))"])
    return lines + ([f"{field.variable} = {values.fresh(maker, field.kind)}"] if maker.chance(0.85) else [])


def _deleted(maker: Maker, scope: Scope, field: Field) -> list[str]:
    maker.mark("del of a field")
    fresh = values.fresh(maker, field.kind)
    lines = [f"{field.variable} = {fresh}"]
    return lines + ([f"del {field.variable}", f"{field.variable} = {values.fresh(maker, field.kind)}"])


def _alias(maker: Maker, scope: Scope, field: Field) -> list[str]:
    names = scope.of(*values.MUTABLE)
    if not names:
        return _assign(maker, scope, field)
    maker.mark("alias")
    name = maker.pick(names)
    field.kind = scope.names[name]
    maker.others += [(name, name), (field.variable, field.variable)]
    return [f"{field.variable} = {name}"]


def _matched(maker: Maker, scope: Scope, field: Field) -> list[str]:
    if not maker.since((3, 10)):
        return _assign(maker, scope, field)
    maker.mark("match", "match binds a field")
    field.kind = "ints"
    cases = [
        *suite(f"case [_, *{field.variable}] if event.get('flag'):", ["effect('matched')"]),
        *suite(f"case {field.variable}:", [*_before(maker, scope.inner(depth=3)), "effect('captured')"]),
    ]
    return suite(values.number(maker, "match make_ints(N):"), cases)


def _before(maker: Maker, scope: Scope) -> list[str]:
    return blocks.several(maker, scope, 2) if maker.chance(0.4) else []
