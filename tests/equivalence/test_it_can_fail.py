"""What the comparison must notice: hand-made transformations that are wrong, and runs that are not the same."""

import dataclasses

import pytest
from cases import Staged, put
from compare import differences, members, run

from worker.driver import Outcome

ORIGINAL = """
def lambda_handler(event, context):
    print("begun")
    a = [1]
    b = {"n": repr(a)}
    a.append(2)
    print("built")
    c = [repr(b)] if event else 1 / len(event)
    return {"a": a, "b": b, "c": c}
"""
RIGHT = (("c = [", "__unum__.publish('b', (b,)); c = ["), ("return", "__unum__.publish('a', (a,)); return"))
WRONG = {
    "before a mutation": [("a = [1]", "a = [1]; __unum__.publish('a', (a,))")],
    "another field's value": [("print(", "__unum__.publish('c', (b,)); print(")],
    "a copy before a mutation": [
        ("a = [1]", "a = [1]; __unum__.publish('a', (a[:],)); __unum__.emit('a', (a[:],))")
    ],
    "output of its own": [("a = [1]", "a = [1]; print('published')")],
    "output in another order": [("begun", "first"), ("built", "begun"), ("first", "built")],
    "another value": [("a.append(2)", "a.append(2.0)")],
    "another order of keys": [('"a": a, "b": b', '"b": b, "a": a')],
    "another line": [("a = [1]\n", "a = [1]\n\n")],
    "another error": [("1 / len(event)", "event[0]")],
}


def edited(changes):
    text = ORIGINAL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def found(python, folder, transformed, keys=("a", "b", "c")):
    version, executable = python
    path = put(folder / "task", "app", ORIGINAL.encode())
    settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": list(keys)}
    staged = Staged(path.parent, "app", "lambda_handler", transformed, settings)
    runs = run(staged, [{"n": 1}, {}], executable, version)
    return runs.differences(), runs.early


def test_a_right_transformation_shows_no_difference(python, tmp_path):
    assert found(python, tmp_path, edited(RIGHT)) == ([], {"a", "b"})


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_wrong_transformation_is_noticed(python, tmp_path, changes):
    assert found(python, tmp_path, edited(changes))[0]


@pytest.mark.parametrize("keys", [("b", "a", "c"), ("a", "b"), ("a", "b", "c", "d")])
def test_wrong_keys_are_noticed(python, tmp_path, keys):
    assert found(python, tmp_path, edited(RIGHT), keys)[0]


BODY = b'{"a": [1], "b": {"x": "}, "}, "c": 1.0}'
PLAIN = Outcome("returned", body=BODY, content_type="application/json")
EARLY, LATE = [[("a", b"[1]")]], [("b", b'{"x": "}, "}'), ("c", b"1.0")]
STREAMED = dataclasses.replace(PLAIN, published=EARLY, late=LATE)
UNLIKE = {
    "another value": {"published": [[("a", b"[2]")]]},
    "the same value in another text": {"late": [("b", b'{"x": "}, "}'), ("c", b"1")]},
    "a field is missing": {"late": LATE[:1]},
    "a field too many": {"late": [*LATE, ("d", b"1")]},
    "a field twice": {"published": EARLY * 2},
    "a field early and late": {"late": [("a", b"[1]"), *LATE]},
    "a field that is no key": {"published": [[("z", b"1")]]},
    "late without early": {"published": []},
    "another body": {"body": BODY.replace(b": ", b":")},
    "another kind": {"kind": "exited", "exit_code": 1},
    "other output": {"stdout": " "},
    "other errors": {"stderr": "warning\n"},
    "another type of content": {"content_type": "application/unknown"},
}


def test_the_same_runs_are_the_same():
    assert differences(PLAIN, STREAMED, ("a", "b", "c")) == []
    assert differences(PLAIN, PLAIN, ()) == []


@pytest.mark.parametrize("unlike", UNLIKE.values(), ids=UNLIKE)
def test_runs_that_are_not_the_same_are_noticed(unlike):
    assert differences(PLAIN, dataclasses.replace(STREAMED, **unlike), ("a", "b", "c"))


def test_another_order_of_keys_is_noticed():
    assert differences(PLAIN, STREAMED, ("b", "a", "c"))


def test_another_line_in_the_trace_is_noticed():
    raised = {name: Outcome("raised", document={"stackTrace": [f"line {name}"]}) for name in (1, 2)}
    assert differences(raised[1], raised[2], ())
    assert not differences(raised[1], raised[1], ())


def test_a_result_without_an_object_publishes_nothing():
    assert members(b"[1]") is None
    assert members(b"{}") == []
    plain = dataclasses.replace(PLAIN, body=b"[1]")
    assert differences(plain, dataclasses.replace(plain, published=EARLY, late=LATE), ("a", "b", "c"))


def test_publishing_without_streaming_is_noticed():
    assert differences(STREAMED, STREAMED, ("a", "b", "c"))
