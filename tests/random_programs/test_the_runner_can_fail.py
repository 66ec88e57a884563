"""What the runner must notice: hand-made transformations that are wrong."""

import pytest
from random_programs.program import Program
from random_programs.session import Session, find
from random_programs.transformed import Transformed

ORIGINAL = """
TRACE = []
SEEN = []
def effect(name, *args):
    TRACE.append((name, repr(args)))
def lambda_handler(event, context):
    effect("begun")
    a = [1]
    b = {"n": repr(a)}
    a.append(2)
    effect("built", a)
    SEEN.append(len(a))
    c = [repr(b)] if event else 1 / len(event)
    return {"a": a, "b": b, "c": c}
"""
RIGHT = (("c = [", "__unum__.publish('b', (b,)); c = ["), ("return", "__unum__.publish('a', (a,)); return"))
WRONG = {
    "before a mutation": [("a = [1]", "a = [1]; __unum__.publish('a', (a,))")],
    "another field's value": [("SEEN.", "__unum__.publish('c', (b,)); SEEN.")],
    "a copy before a mutation": [
        ("a = [1]", "a = [1]; __unum__.publish('a', (a[:],)); __unum__.emit('a', (a[:],))")
    ],
    "a copy before an error": [("a = [1]", "a = [1]; __unum__.emit('a', (a[:],)); c")],
    "an effect of its own": [("a = [1]", "a = [1]; effect('published')")],
    "effects in another order": [("begun", "first"), ("built", "begun"), ("first", "built")],
    "other arguments of an effect": [('effect("built", a)', 'effect("built", a[:1])')],
    "another global": [("SEEN.append(len(a))", "SEEN.append(1)")],
    "another default": [("name, *args", "name, x=(), *args")],
    "another value": [("a.append(2)", "a.append(2.0)")],
    "another order of keys": [('"a": a, "b": b', '"b": b, "a": a')],
    "another line": [("a = [1]\n", "a = [1]\n\n")],
    "another error": [("1 / len(event)", "event[0]")],
    "an error's message": [("1 / len(event)", "1 / len(event) if event else 0**-1")],
    "it does not load": [("TRACE = []", "TRACE = missing")],
}


@pytest.fixture(scope="module")
def session():
    with Session(find()) as session:
        yield session


def judged(session, changes, keys=("a", "b", "c")):
    text = ORIGINAL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    settings = {"handler": "app.lambda_handler", "injected": "__unum__", "keys": list(keys)}
    program = Program(0, ORIGINAL, [{"n": 1}, {}], (3, 8))
    return session.compare(program, Transformed(text, settings))


def test_a_right_transformation_shows_no_difference(session):
    verdict = judged(session, RIGHT)
    assert verdict.differences == []
    assert verdict.published >= 4


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_wrong_transformation_is_noticed_everywhere(session, changes):
    assert judged(session, changes).by_version == {*find()}


@pytest.mark.parametrize("keys", [("b", "a", "c"), ("a", "b"), ("a", "b", "c", "d")])
def test_wrong_keys_are_noticed(session, keys):
    assert judged(session, RIGHT, keys).by_version == {*find()}


def test_what_kills_the_interpreter_is_noticed(session):
    changes = [("a = [1]", "a = [1]; __import__('os')._exit(0)")]
    assert "died" in judged(session, changes).differences[0]
    assert judged(session, RIGHT).differences == []
