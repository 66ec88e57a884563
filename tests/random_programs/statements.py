"""Simple statements: what a handler does between two fields."""

from __future__ import annotations

from random_programs import closures, oddities, sharing, values
from random_programs.maker import Maker, Scope, indented
from random_programs.values import MUTABLE


def simple(maker: Maker, scope: Scope) -> list[str]:
    wild = maker.wildness
    weights = {
        **sharing.weights(maker, scope),
        **closures.weights(maker, scope),
        _effect: 4,
        _temporary: 2,
        _read_back: 1,
        _point: 0.4,
        _comprehension: 0.6,
        _alias: 1.2 * wild,
        _unpack: 0.5,
        _annotate: 0.2,
        _swap: 0.2 * wild,
        _delete: 0.3,
        _assert: 0.2,
        _format: 0.3,
        _format_computed: 0.3,
        _deep: 0.15,
        _conditional: 0.4,
        _rebind: 0.8 * wild,
        _call_itself: 0.3 * wild if scope.calls_itself and not scope.depth else 0,
        _spread_arguments: 0.2,
        oddities.change: 0.15 + 0.4 * wild,
    }
    return maker.weighted(weights)(maker, scope)


def _effect(maker: Maker, scope: Scope) -> list[str]:
    reads = ", ".join(values.read(maker, scope) for _ in range(1 + maker.below(2)))
    return [f"effect('seen', {reads})"]


def _temporary(maker: Maker, scope: Scope) -> list[str]:
    text, kind = values.value(maker, scope)
    name = maker.name("t")
    if maker.chance(0.15):
        maker.mark("walrus")
        scope.names[name] = kind
        return [f"effect('walrus', ({name} := {text}))"]
    scope.names[name] = kind
    return [f"{name} = {text}"]


def _read_back(maker: Maker, scope: Scope) -> list[str]:
    return [f"{maker.name('r')} = {values.read(maker, scope)}"]


def _point(maker: Maker, scope: Scope) -> list[str]:
    return [maker.point()]


def _comprehension(maker: Maker, scope: Scope) -> list[str]:
    lists = scope.of("ints")
    source = f"{maker.pick(lists)}[:3]" if lists else "event.get('items', [])"
    name = maker.name("c")
    form, feature, kind = maker.pick(
        (
            (f"[x + 1 for x in {source}]", "list comprehension", "ints"),
            (f"sorted({{x % 2 for x in {source}}})", "set comprehension", "ints"),
            (f"{{str(x): x for x in {source} if x}}", "dict comprehension", "map"),
            (f"sum(x for x in {source})", "generator expression", "int"),
            (f"[y for x in {source} if (y := x * 2) > 1]", "walrus in a comprehension", "ints"),
            (f"[[x, len({source})] for x in {source}]", "list comprehension", "nest"),
        )
    )
    maker.mark(feature)
    scope.names[name] = kind
    return [f"{name} = {form}"]


def _alias(maker: Maker, scope: Scope) -> list[str]:
    names = scope.of(*MUTABLE)
    if not names:
        return _temporary(maker, scope)
    name, alias = maker.pick(names), maker.name("z")
    maker.mark("alias")
    kind = scope.names[alias] = scope.names[name]
    lines = [f"{alias} = {name}"]
    maker.others.append((alias, alias))
    if maker.chance(0.5):
        maker.mark("mutated via alias")
        lines += [*simple(maker, scope), values.change(maker, alias, kind)]
    return lines


def _unpack(maker: Maker, scope: Scope) -> list[str]:
    one, other = maker.name("u"), maker.name("u")
    if maker.chance(0.4):
        maker.mark("star assignment")
        scope.names[other] = "ints"
        scope.names[one] = "int"
        return [f"{one}, *{other} = {values.number(maker, 'make_ints(N)')}"]
    maker.mark("tuple unpacking")
    scope.names[other] = "ints"
    scope.names[one] = "int"
    return [f"{one}, {other} = {values.number(maker, 'make_pair(N)')}"]


def _annotate(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("annotated")
    name = maker.name("n")
    text, scope.names[name] = values.value(maker, scope)
    return [f"{name}: object = {text}"]


def _swap(maker: Maker, scope: Scope) -> list[str]:
    names = [name for name, kind in scope.names.items() if kind != "callable"]
    if len(names) < 2:
        return _effect(maker, scope)
    one, other = maker.some(names, 2)
    maker.mark("swap")
    scope.names[one], scope.names[other] = scope.names[other], scope.names[one]
    return [f"{one}, {other} = {other}, {one}"]


def _delete(maker: Maker, scope: Scope) -> list[str]:
    names = [name for name in scope.names if name not in scope.fields]
    if not names or scope.depth:
        return _effect(maker, scope)
    name = maker.pick(names)
    del scope.names[name]
    maker.mark("del")
    return [f"del {name}"]


def _assert(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("assert")
    return [f"assert {values.read(maker, scope)} is not event, 'never'"]


def _format(maker: Maker, scope: Scope) -> list[str]:
    names = scope.any_name() or ["event"]
    name = maker.pick(names)
    if maker.allows_new_syntax and maker.chance(0.2) and maker.since((3, 12)):
        maker.mark("nested quotes in an f-string")
        return [f"""effect('text', f'{{{name}!r:>5}} {{", ".join(['x', f"{{len('ab')}}"])}}')"""]
    return [f"effect('text', f'{{{name}}} {{{name}!r}} {{{{}}}}')"]


def _format_computed(maker: Maker, scope: Scope) -> list[str]:
    """Expressions that do something, between the braces of an f-string."""
    text, kind = values.value(maker, scope)
    read = values.read(maker, scope)
    maker.mark("call in an f-string")
    if maker.chance(0.5):
        maker.mark("walrus", "walrus in an f-string")
        name = maker.name("f")
        text = f"({name} := {text})"
        scope.names[name] = kind
    parts = [f"{{ {text}}}", f"{{ {read}!r}}", maker.pick(("{{}}", "x", "{number(2):>{number(3)}}"))]
    if maker.allows_new_syntax and maker.chance(0.3) and maker.since((3, 12)):
        maker.mark("nested f-string", "nested quotes in an f-string")
        inner = "".join(maker.some(parts, 3))
        return [f"""effect('text', f'{{f'{inner}'}}{{[*f'{inner}'][:3]}}')"""]
    # Before Python 3.12 what stands between the braces has neither a backslash nor the string's own quotes.
    if "\\" in text + read or '"""' in text + read:
        return _format(maker, scope)
    return [f'effect(\'text\', f"""{"".join(maker.some(parts, 3))} {parts[1]}""")']


def _deep(maker: Maker, scope: Scope) -> list[str]:
    """As deep as the oldest interpreters go."""
    maker.mark("deep nesting")
    read = values.read(maker, scope)
    depth = maker.pick((3, 10, 20, 30))
    forms = (
        ("(" * depth, ")" * depth),
        ("[" * depth, "]" * depth),
        ("(0, " * depth, ")" * depth),
        ("not " * depth, ""),
        ("same(" * depth, ")" * depth),
        ("{'in': " * depth, "}" * depth),
        ("0 or " * depth * 9, ""),
        ("(event and " * depth, ")" * depth),
        ("(lambda: " * depth, ")()" * depth),
    )
    before, after = maker.pick(forms)
    return [f"effect('deep', {before}{read}{after})"]


def _conditional(maker: Maker, scope: Scope) -> list[str]:
    name = maker.name("q")
    kind = values.kind(maker)
    maker.mark("conditional expression")
    one, other = values.fresh(maker, kind), values.fresh(maker, kind)
    condition = values.condition(maker, scope.inner())
    scope.names[name] = kind
    return [f"{name} = {one} if {condition} else {other}"]


def _rebind(maker: Maker, scope: Scope) -> list[str]:
    if not scope.names:
        return _effect(maker, scope)
    name = maker.pick(scope.any_name())
    text, kind = values.value(maker, scope)
    scope.names[name] = kind if not scope.depth else scope.names[name]
    if maker.chance(0.3):
        other = maker.name("v")
        maker.mark("several targets")
        scope.names[other] = kind
        return [f"{name} = {other} = {text}"]
    return [f"{name} = {text}"]


def _call_itself(maker: Maker, scope: Scope) -> list[str]:
    maker.mark("handler calls itself")
    call = "effect('itself', lambda_handler({**event, 'depth': 1}, None))"
    if maker.chance(0.5):
        tried = ["try:", f"    {call}", "except Exception:", "    effect('trace', traceback.format_exc())"]
        return ["if 'depth' not in event:", *indented(tried)]
    return ["if 'depth' not in event:", *indented([call])]


def _spread_arguments(maker: Maker, scope: Scope) -> list[str]:
    name = maker.name("s")
    form, kind = maker.pick(
        (
            ("make_ints(*[N])", "ints"),
            ("dict(**make_map(N))", "map"),
            ("[*make_ints(N), *count_up(2)]", "ints"),
            ("{**make_map(N), **{'z': N}}", "map"),
        )
    )
    maker.mark("spread arguments")
    scope.names[name] = kind
    return [f"{name} = {values.number(maker, form)}"]
