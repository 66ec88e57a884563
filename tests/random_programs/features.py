"""Every construct that the generator is to write; a sample without one of them is a bug of the generator."""

_STATEMENTS = """
    if, elif, else, for, for else, while, while else, while without a counter, break, continue, guard clause, return in a loop,
    return in finally, try, except, except as a variable, except as a field, try else, finally, swallowing except,
    re-raising except, with, with as a field, swallowing with, with that mutates at its end, match, match capture,
    match guard, match binds a field, except star, walrus, walrus in a comprehension, list comprehension,
    set comprehension, dict comprehension, generator expression, nested function, nonlocal, lambda, nested class,
    global, del, del of a field, star assignment, augmented name, augmented subscript, annotated, several targets,
    chained comparison, tuple unpacking, swap, async function, generator, risky call, raise, assert,
    nested quotes in an f-string, call in an f-string, walrus in an f-string, nested f-string, deep nesting,
    loop target is a field, conditional expression,
    read lazily, called later, handler calls itself, spread arguments, walrus in a comprehension binds a field
"""
_ALIASING = """
    alias, kept in a cache, kept in a global, kept in another list, kept in a default, kept in a closure,
    kept by a helper, helper mutates, helper returns its argument, helper returns a part, helper mutates later,
    method mutates, subscript store, mutated in a loop, mutated in finally, mutated in except, mutated via alias,
    mutated part, harmless read, event is mutated, value of the event,
    changed inside the display, rebound inside the display, changed after the display,
    changed by another way, oddity, shadowed name
"""
_RESULTS = """
    display, named display, dict call, filled, filled from a display, update with keywords, update with a dict, union update, setdefault,
    spread, result comprehension, result in branches, result by a helper, result by a computing helper,
    result by a nested helper, result by a recursive helper, helper is called elsewhere, result changed,
    conditional result, same shape, other shape, other order, other value, no dict,
    constant field, event field, inline field, named field, nested field, derived field,
    oddity of the result, builder with keywords, builder with other keys, starred builder, decorated helper,
    helper in a try, helper inside with, falls off the end, merged while it changes, gathered,
    return in try, return in with
"""
_HANDLERS = """
    pass-through decorator, decorator that calls twice, decorator that changes the result,
    decorator that swallows, bound by assignment, bound method, conditional definition, called at import, default of the handler, docstring,
    decorator that calls in a loop, decorator that gives another result, decorator that binds the result again,
    decorator with a decorated wrapper, decorated decorator, decorator that passes the handler on
"""
_LAYOUT = """
    one-line suite, semicolon, backslash, backslash in a string, tabs, CRLF, comment, display over several lines,
    blank lines
"""


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", " ").split(",")]


FEATURES = {
    name for group in (_STATEMENTS, _ALIASING, _RESULTS, _HANDLERS, _LAYOUT) for name in _names(group)
}
NEEDS_NEW_SYNTAX = {
    "match",
    "match capture",
    "match guard",
    "match binds a field",
    "except star",
    "nested quotes in an f-string",
}
