"""What another module has put in the place of a function that the analysis relied on: then nothing goes ahead."""

import re
import textwrap

import pytest

from driver import LAYER
from runners import table

KNOWN = (LAYER.parents[1] / "transformer" / "src" / "analysis" / "known_calls.rs").read_text()
MODULE = """
import json, redact
def head():
    return {"n": 1}
def handler(event, context):
    a = head()
    redact.late(event)
    b = json.dumps(a)
    return {"a": a, "b": b, "c": print is None}
"""
RELIED_ON = [["json.dumps", 0], ["json", 0], ["builtins.print", 0], ["print", 0], ["head", 3]]
REPLACING = {
    "json.dumps": "import json\njson.dumps = lambda value: value.pop('n')",
    "builtins.print": "import builtins, functools\nbuiltins.print = functools.partial(print, flush=True)",
    "head": "import sys\ndef late(event): pass\nsys.modules['app'].head = lambda: {'n': 2}",
}


@pytest.fixture
def replaced(start, tmp_path):
    def starter(text):
        (tmp_path / "redact.py").write_text("def late(event): pass\n" + textwrap.dedent(text))
        publishing = MODULE.replace("a = head()", "a = head(); __unum__.publish('a', (a,))")
        # What is put into the module at its end, as by a tool that is told of it there.
        end = "\nimport redact\nif hasattr(redact, 'install'): redact.install(__name__)\n"
        return start(MODULE + end, publishing + end, keys=["a", "b", "c"], relied_on=RELIED_ON)

    return starter


def test_where_all_is_what_it_was_fields_go_ahead(replaced):
    worker = replaced("")
    assert worker.ready.as_written is None
    assert [name for name, _ in worker.invoke({}, publish=True).early] == ["a"]


@pytest.mark.parametrize("name", ["json.dumps", "builtins.print"])
def test_what_a_module_replaces_when_it_is_loaded_is_told_of(replaced, name):
    worker = replaced(REPLACING[name])
    assert worker.ready.as_written.startswith(f"`{name}` is not the function of this name any more")
    assert worker.invoke({}, publish=True).early == []


def test_so_is_a_function_of_the_users_module(replaced):
    worker = replaced("def install(name):\n    import sys\n    sys.modules[name].head = lambda: {'n': 2}\n")
    assert worker.ready.as_written.startswith("`head` is not")
    outcome = worker.invoke({}, publish=True)
    assert (outcome.early, outcome.value["a"]) == ([], {"n": 2})


@pytest.mark.parametrize(
    "how",
    [
        "app.head.__code__ = (lambda: {'n': 2}).__code__",
        "app.json = type('json', (), {'dumps': staticmethod(lambda value: str(value.pop('n')))})",
        "app.print = lambda *_: None",
        "app.json.dumps = contextlib.contextmanager(lambda: iter([1]))()(lambda value: str(value.pop('n')))",
        "app.json.dumps = functools.singledispatch(lambda value: str(value.pop('n')))",
        "app.json.dumps = app.json.loads",
    ],
)
def test_however_it_is_done(replaced, how):
    worker = replaced(f"""
    def install(name):
        import contextlib, functools, sys
        app = sys.modules[name]
        {how}
    """)
    assert " is not the function of this name any more" in worker.ready.as_written
    assert worker.invoke({}, publish=True).early == []


def test_constants_and_imported_names_are_what_they_are(start):
    text = """
    import math
    from json import dumps
    def handler(event, context):
        a = [1]
        return {"a": a, "b": max(1, math.inf) == math.inf, "c": dumps(a)}
    """
    publishing = text.replace("a = [1]", "a = [1]; __unum__.publish('a', (a,))")
    relied_on = [[name, 0] for name in ("math.inf", "math", "json.dumps", "dumps", "builtins.max", "max")]
    worker = start(text, publishing, relied_on=relied_on)
    assert worker.ready.as_written is None
    assert [name for name, _ in worker.invoke({}, publish=True).early] == ["a"]


def test_what_is_replaced_later_holds_back_what_comes_after_it(start, tmp_path):
    (tmp_path / "redact.py").write_text(
        "def late(event):\n    import json\n    if event: json.dumps = lambda value: value.pop('n')\n"
    )
    publishing = MODULE.replace("b = json", "__unum__.publish('a', (a,)); b = json")
    worker = start(MODULE, publishing, keys=["a", "b", "c"], relied_on=RELIED_ON)
    assert [name for name, _ in worker.invoke({}, publish=True).early] == ["a"]
    for is_told in (True, False):
        outcome = worker.invoke({"replace": True}, publish=True)
        assert (outcome.kind, outcome.early, outcome.value["a"]) == ("returned", [], {})
        assert (outcome.held_back or "").startswith("`json.dumps` is not the function") is is_told


def test_a_module_that_the_handler_imports_is_looked_at_then(start):
    text = """
    def handler(event, context):
        import statistics
        if event: statistics.mean = lambda rows: rows.pop()
        a = [1, 2]
        b = statistics.mean(a)
        return {"a": a, "b": b}
    """
    publishing = text.replace("a = [1, 2]", "a = [1, 2]; __unum__.publish('a', (a,))")
    worker = start(text, publishing, keys=["a", "b"], relied_on=[["statistics.mean", 0]])
    assert [name for name, _ in worker.invoke({}, publish=True).early] == ["a"]
    assert worker.invoke({"replace": True}, publish=True).early == []


ODD = {
    "no module": "import sys\nsys.modules['json'] = None",
    "an object": "import sys\nsys.modules['json'] = object()",
    "one that raises": textwrap.dedent("""
        import json
        class Odd:
            def __getattr__(self, name): raise SystemError(name)
        json.dumps = Odd()
        """),
    "a class": "import json\nclass dumps: pass\njson.dumps = dumps",
    "a function in C": "import json, _struct\njson.dumps = [].append",
}


@pytest.mark.parametrize("odd", ODD)
def test_whatever_is_there_the_worker_goes_on(replaced, odd):
    worker = replaced(ODD[odd])
    outcome = worker.invoke({}, publish=True)
    assert outcome.kind in ("returned", "raised")
    assert outcome.early == []


def test_the_functions_in_the_table_are_what_they_are(python):
    functions = KNOWN[KNOWN.index("pub fn function(") : KNOWN.index("/// Whether the path is one of")]
    paths = []
    for module, names in re.findall(r'\(\s*"([\w.]+)",\s*((?:_|[\s|]*"\w+")+)', functions):
        if module != "numpy":  # a package, of which nothing is said
            paths += [f"{module}.{name}" for name in re.findall(r'"(\w+)"', names) or ["*"]]
    builtin = KNOWN[KNOWN.index("pub fn builtin(") : KNOWN.index("/// Functions of modules")]
    paths += [f"builtins.{name}" for name in re.findall(r'"(\w+)"', builtin)]
    assert len(paths) > 150 and "json.dumps" in paths
    assert table(python, "reliance.py", *paths) == []
