"""The transformed text is compiled past the syntax trees, to what `compile` makes of it. The texts are in tables/compiler.py."""

import os
import subprocess
import textwrap

import pytest

from driver import Worker
from runners import COMPILED_FOR, table
from texts import KEYS, PLAIN, TRANSFORMED

SEED = 20261201
MODULES = 60
DOCSTRING = '"""What it does."""\n'


def test_it_is_what_compile_makes_of_it(python):
    found = table(python, "compiler.py", str(SEED), str(MODULES))
    assert found["wrong"] == [], f"seed {SEED}"
    assert found["taken"] > MODULES / 2
    assert (found["left"], found["late"]) == ([], "told")


@pytest.mark.parametrize("python", COMPILED_FOR.values(), ids=COMPILED_FOR)
@pytest.mark.parametrize("is_transformed", [True, False])
def test_no_syntax_tree_is_made_for_it(python, packed, tmp_path, is_transformed):
    """Where our own modules need none, either, nor those that others have installed to run at each start."""
    path = tmp_path / "app.py"
    made = "MADE = 'AST' in [kind.__name__ for kind in object.__subclasses__()]"
    path.write_text(DOCSTRING + made + textwrap.dedent(PLAIN).replace('c": ', 'c": MADE or '))
    settings, text = {}, ""
    if is_transformed:
        settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": KEYS}
        text = DOCSTRING + made + textwrap.dedent(TRANSFORMED).replace('c": ', 'c": MADE or ')
    env = {"LAMBDA_TASK_ROOT": str(tmp_path)}
    with Worker(python, env=env, start=packed / "start.py", options=("-S",)) as worker:
        worker.init({"handler": "app.handler", **settings}, text)
        assert worker.invoke({"n": 1, "c": False}).value["c"] is not is_transformed


def test_the_module_runs_once(start):
    head = textwrap.dedent("""
    import builtins, os
    os.environ["RAN"] = os.environ.get("RAN", "") + "x"
    """)
    tail = '\nNAMES = [os.environ["RAN"], __name__, "__builtins__" in globals(), open is builtins.open, __file__[-6:]]\n'
    text, transformed = (head + textwrap.dedent(each) + tail for each in (PLAIN, TRANSFORMED))
    worker = start(
        text.replace('"c": event', '"c": NAMES or event'),
        transformed.replace('"c": event', '"c": NAMES or event'),
    )
    assert worker.invoke({"n": 1}).value["c"] == ["x", "app", True, True, "app.py"]


WATCHERS = {
    "a tracer": "sys.settrace(lambda frame, *_: SEEN.append(frame.f_code.co_filename))",
    "a profiler": "sys.setprofile(lambda frame, *_: SEEN.append(frame.f_code.co_filename))",
    "a monitor": """
if sys.version_info >= (3, 12):
    sys.monitoring.use_tool_id(1, "mine")
    sys.monitoring.register_callback(1, sys.monitoring.events.PY_START, lambda code, _: SEEN.append(code.co_filename))
    sys.monitoring.set_events(1, sys.monitoring.events.PY_START)
""",
}


@pytest.mark.parametrize("watcher", WATCHERS)
def test_who_watches_sees_nothing_else_run(python, tmp_path, watcher):
    path = tmp_path / "app.py"
    path.write_text(DOCSTRING + textwrap.dedent(PLAIN))
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nSEEN = []\n{WATCHERS[watcher]}\n")
    text = textwrap.dedent(TRANSFORMED).replace('event.get("c")', '"<string>" in sitecustomize.SEEN')
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "LAMBDA_TASK_ROOT": str(tmp_path)}
    with Worker(python, env=env) as worker:
        settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": KEYS}
        worker.init({"handler": "app.handler", **settings}, f"{DOCSTRING}import sitecustomize\n{text}")
        assert worker.invoke({"n": 1}).value["c"] is False


def test_who_forbids_texts_to_be_run_forbids_no_handler(python, tmp_path):
    path = tmp_path / "app.py"
    path.write_text(DOCSTRING + textwrap.dedent(PLAIN))
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent("""
        import sys
        def hook(name, arguments):
            if name == "exec" and arguments[0].co_filename == "<string>":
                raise PermissionError("no texts")
        sys.addaudithook(hook)
        """)
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "LAMBDA_TASK_ROOT": str(tmp_path)}
    with Worker(python, env=env) as worker:
        settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": KEYS}
        worker.init({"handler": "app.handler", **settings}, DOCSTRING + textwrap.dedent(TRANSFORMED))
        assert [name for name, _ in worker.invoke({"n": 1}, publish=True).early] == KEYS


def test_nothing_of_who_imports_the_module_is_held(start, tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text(
        textwrap.dedent("""
        import gc
        SEEN = []
        class Closes:
            def __del__(self):
                SEEN.append("closed")
        def set_up():
            closes = Closes()
            from . import app
        gc.disable()
        set_up()
        SEEN.append("set up")
        """)
    )
    text, transformed = (
        DOCSTRING + textwrap.dedent(each).replace('event.get("c")', "__import__('package').SEEN")
        for each in (PLAIN, TRANSFORMED)
    )
    (package / "app.py").write_text(text)
    settings = {"handler": "package/app.handler", "module": "package.app", "path": str(package / "app.py")}
    assert start(text, transformed, **settings).invoke({"n": 1}).value["c"] == ["closed", "set up"]


def test_the_users_package_may_throw_out_our_modules(python, tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text(
        textwrap.dedent("""
        import sys
        for name in [name for name in sys.modules if name.startswith("unum")]:
            del sys.modules[name]
        """)
    )
    (package / "app.py").write_text(DOCSTRING + textwrap.dedent(PLAIN))
    settings = {
        "module": "package.app",
        "path": str(package / "app.py"),
        "injected": "__unum__",
        "keys": KEYS,
    }
    # With that, the layer's folder is not on `sys.path`.
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": "/nowhere", "LAMBDA_TASK_ROOT": str(tmp_path)}
    with Worker(python, env=env) as worker:
        worker.init({"handler": "package/app.handler", **settings}, DOCSTRING + textwrap.dedent(TRANSFORMED))
        assert [name for name, _ in worker.invoke({"n": 1}, publish=True).early] == KEYS


def test_who_has_put_another_function_in_the_place_of_exec_sees_no_text(python, tmp_path):
    path = tmp_path / "app.py"
    path.write_text(DOCSTRING + textwrap.dedent(PLAIN))
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent("""
        import builtins
        run = builtins.exec
        def exec(code, *others):
            if isinstance(code, str):
                raise SystemExit("no texts")
            return run(code, *others)
        builtins.exec = exec
        """)
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "LAMBDA_TASK_ROOT": str(tmp_path)}
    with Worker(python, env=env) as worker:
        settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": KEYS}
        worker.init({"handler": "app.handler", **settings}, DOCSTRING + textwrap.dedent(TRANSFORMED))
        assert [name for name, _ in worker.invoke({"n": 1}, publish=True).early] == KEYS


MODES = ("TIMESTAMP", "CHECKED_HASH", "UNCHECKED_HASH")
COMPILE = "import py_compile, sys; py_compile.compile(sys.argv[1], invalidation_mode=py_compile.PycInvalidationMode[sys.argv[2]])"


def compile_ahead(python, path, mode, text):
    """As if `path` had held `text`, of the same length, at the same time."""
    now = path.read_text()
    assert len(now) == len(text)
    path.write_text(text)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    subprocess.run([python, "-c", COMPILE, path, mode], check=True)
    path.write_text(now)
    os.utime(path, (1_000_000_000, 1_000_000_000))


@pytest.mark.parametrize("first", ["", DOCSTRING, "# -*- coding: latin-1 -*-\n"])
@pytest.mark.parametrize("mode", MODES)
def test_what_is_compiled_already_from_the_same_text_streams(python, tmp_path, mode, first):
    path = tmp_path / "app.py"
    text, transformed = (first + textwrap.dedent(each) for each in (PLAIN, TRANSFORMED))
    path.write_text(text)
    compile_ahead(python, path, mode, text)
    assert outcome_of(python, path, transformed) == (None, KEYS, "x")


@pytest.mark.parametrize("mode", MODES)
def test_what_is_compiled_already_from_another_text_runs_as_written(python, tmp_path, mode):
    path = tmp_path / "app.py"
    text, transformed = (DOCSTRING + textwrap.dedent(each) for each in (PLAIN, TRANSFORMED))
    path.write_text(text)
    compile_ahead(python, path, mode, text.replace('event.get("c")', 'event.get("n")'))
    # Python itself finds out where the hash is to be checked.
    expected = (None, KEYS, "x") if mode == "CHECKED_HASH" else ("", [], 1)
    assert outcome_of(python, path, transformed) == expected


@pytest.mark.parametrize("mode", MODES)
def test_so_does_what_relies_on_a_module_that_is(python, tmp_path, mode):
    path, common = tmp_path / "app.py", tmp_path / "common.py"
    common.write_text("def same(function):\n    return function\nN = 1\n")
    compile_ahead(python, common, mode, common.read_text().replace("1", "2"))
    head = "from common import same\n"
    path.write_text(head + textwrap.dedent(PLAIN))
    definition = {"module": "app", "name": "same", "kind": "function", "file": str(common), "line": 1}
    why, early, _ = outcome_of(python, path, head + textwrap.dedent(TRANSFORMED), definitions=[definition])
    expected = (
        (None, KEYS)
        if mode == "CHECKED_HASH"
        else (f"Python has {common} compiled already, from another text", [])
    )
    assert (why, early) == expected


def outcome_of(python, path, transformed, **settings):
    """Why it runs as written, what goes ahead, and the field `c`."""
    env = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(path.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    with Worker(python, env=env) as worker:
        settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": KEYS, **settings}
        ready = worker.init({"handler": "app.handler", **settings}, transformed)
        outcome = worker.invoke({"n": 1, "c": "x"}, publish=True)
        return ready.as_written, [name for name, _ in outcome.early], outcome.value["c"]
