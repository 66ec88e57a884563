"""One worker over the protocol: how the module of the handler, and ours, are loaded."""

import os
import subprocess
import textwrap
from pathlib import Path

import pytest

from driver import Value, Worker
from texts import KEYS, PLAIN, TRANSFORMED

ROOT = Path(__file__).resolve().parents[2]


def test_a_package_of_ours_that_is_loaded_already_stays(python, tmp_path):
    (tmp_path / "app.py").write_text(
        textwrap.dedent("""
        import unum_streaming
        from unum_streaming import StreamingError
        def handler(event, context):
            import unum_streaming as now, unum_streaming.errors
            return [now is unum_streaming, now.errors.StreamingError is StreamingError]
        """)
    )
    (tmp_path / "sitecustomize.py").write_text("import app\n")
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'layer' / 'python'}:{tmp_path}",
        "LAMBDA_TASK_ROOT": str(tmp_path),
    }
    with Worker(python, env=env) as worker:
        worker.init({"handler": "app.handler"})
        assert worker.invoke({}).value == [True, True]


def test_the_module_looks_as_if_loaded_from_its_file(start, tmp_path):
    text = """
    import importlib, inspect, sys
    def handler(event, context):
        module = sys.modules["app"]
        source = inspect.getsource(module)
        found = [module.__file__, "publish" + "(" in source, source == module.__loader__.get_source("app"),
                 [type(finder).__name__ for finder in sys.meta_path if "unum" in type(finder).__module__]]
        importlib.reload(module)
        return found + ["__unum__" in module.handler.__code__.co_names, "__unum__" in handler.__code__.co_names]
    """
    transformed = textwrap.dedent(text).replace(
        "    module =", "    a = 1; __unum__.publish('a', (a,)); module ="
    )
    worker = start(text, transformed)
    found = worker.invoke({}).value
    assert found[:3] == [str(tmp_path / "app.py"), False, True]
    assert set(found[3]) <= {"_AfterLogging"}
    assert found[4:] == [False, True] or found[4:] == [
        False,
        False,
    ]  # the running handler's globals are the module's


def test_no_bytecode_of_the_transformed_text_is_kept(start, tmp_path):
    start(PLAIN, TRANSFORMED)
    assert not (tmp_path / "__pycache__").exists()


def test_a_valid_bytecode_file_does_not_win(start, tmp_path):
    start(PLAIN).invoke({"n": 1})
    assert list((tmp_path / "__pycache__").glob("app.*.pyc"))
    assert start(PLAIN, TRANSFORMED).invoke({"n": 1}, publish=True).published


WARNED_OF = """
import sys
if 1 is 1:
    FILTERS = sys.modules["warnings"].filters[:] if "warnings" in sys.modules else None
def handler(event, context):
    a = [1]
    return {"a": a, "b": [repr(FILTERS), "warnings" in sys.modules]}
"""


@pytest.mark.parametrize("mode", ["timestamp", "checked-hash", "unchecked-hash"])
@pytest.mark.parametrize("is_current", [True, False])
def test_the_compiler_warns_where_it_would_of_the_file_as_written(python, tmp_path, mode, is_current):
    """Not where the loader takes code that is compiled already."""
    path = tmp_path / "app.py"
    path.write_text(WARNED_OF if is_current else WARNED_OF.replace("[1]", "[10]"))
    compileall = [str(python), "-m", "compileall", "-q", "--invalidation-mode", mode, str(tmp_path)]
    subprocess.run(compileall, check=True, stderr=subprocess.DEVNULL)
    if not is_current:
        path.write_text(WARNED_OF)
    settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": ["a", "b"]}
    env = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    seen = []
    for text in (WARNED_OF.replace("a = [1]", "a = [1]; __unum__.publish('a', (a,))"), ""):
        with Worker(python, env=env) as worker:
            ready = worker.init({"handler": "app.handler", **settings}, text)
            outcome = worker.invoke({}, publish=True)
        # Then something else than the text is what runs.
        is_stale = mode == "unchecked-hash" and not is_current
        assert bool(outcome.published) == (bool(text) and not is_stale)
        seen.append((ready.stderr.count("SyntaxWarning"), outcome.value["b"]))
    assert seen[0] == seen[1]
    assert seen[0][0] == (0 if is_current or mode == "unchecked-hash" else 1)


def test_another_file_than_the_transformed_one_runs_as_written(start, tmp_path):
    worker = start(PLAIN, TRANSFORMED, path=str(tmp_path / "other.py"))
    outcome = worker.invoke({"n": 1}, publish=True)
    assert (outcome.kind, outcome.published, outcome.late) == ("returned", [], [])


def test_a_text_that_does_not_compile_runs_as_written(start):
    assert start(PLAIN, "def handler(:\n").invoke({"n": 1}, publish=True).value["a"] == [1]


def test_a_transformed_module_in_a_package(start, tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "app.py").write_text(textwrap.dedent(PLAIN))
    settings = {"handler": "package/app.handler", "module": "package.app", "path": str(package / "app.py")}
    assert start(PLAIN, TRANSFORMED, **settings).invoke({"n": 1}, publish=True).published


def test_another_injected_name(start):
    text = TRANSFORMED.replace("__unum__", "__unum_1__")
    assert start(PLAIN, text, injected="__unum_1__").invoke({"n": 1}, publish=True).published


def test_our_modules_are_the_ones_that_users_import(start):
    text = """
    import sys, unum_streaming, unum_streaming.worker
    def handler(event, context):
        main = sys.modules["__main__"]
        return [sorted(n for n in sys.modules if n.split(".")[0] in ("worker", "channel", "lazy", "start", "encoding")),
                unum_streaming.worker.futures is not None, sorted(set(unum_streaming.__all__) - set(dir(unum_streaming))),
                main.__name__, unum_streaming.LazyFutureDict is type(event)]
    """
    outcome = start(text).invoke({"b": 0}, futures=["b"])
    assert outcome.value == [[], True, [], "__main__", True]


def test_paths_where_python_path_is_not_set(start, tmp_path, python):
    text = "import sys\nPATH = list(sys.path)\ndef handler(event, context):\n    return [PATH, sys.argv]\n"
    path, argv = start(text).invoke({}).value
    layer = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + "/layer/python"
    assert path[0] == str(tmp_path)
    assert path[2] == layer
    assert path[1].startswith(layer + "/lib/python3.") and path[1].endswith("/site-packages")
    assert not [entry for entry in path if entry.endswith("unum_streaming")]
    assert argv == ["/var/runtime/bootstrap.py"]


def test_a_module_of_the_users_may_be_called_as_one_of_ours(start, tmp_path):
    for name in ("worker", "errors", "lazy"):
        (tmp_path / (name + ".py")).write_text("NAME = 'mine'\n")
    text = "import errors, lazy, worker\ndef handler(event, context):\n    return [errors.NAME, lazy.NAME, worker.NAME, event['b']]\n"
    assert start(text).invoke({"b": 0}, answer=lambda name: Value(b"1"), futures=["b"]).value == [
        "mine"
    ] * 3 + [1]


@pytest.mark.parametrize(
    "module",
    [
        "inspect",
        "json",
        "logging",
        "re",
        "socket",
        "threading",
        "traceback",
        "typing",
    ],
)
def test_nothing_costly_is_loaded_before_the_handler(python, start, module):
    text = "import sys\nLOADED = set(sys.modules)\ndef handler(event, context):\n    return sorted(LOADED)\n"
    transformed = text.replace("return", "__unum__.publish('a', (1,)); return")
    bare = subprocess.run(
        [str(python), "-c", "import sys; print(*sys.modules)"], stdout=subprocess.PIPE, env={}
    )
    assert module not in set(start(text, transformed).invoke({}).value) - set(bare.stdout.decode().split())


def test_users_may_break_json(start):
    text = """
    import json, builtins
    def handler(event, context):
        json.dumps = json.loads = json.JSONEncoder = None
        a = [1]; __unum__.publish('a', (a,))
        return {"a": a}
    """
    outcome = start(PLAIN, text, keys=["a"]).invoke({}, publish=True)
    assert (outcome.early, outcome.body) == ([("a", b"[1]")], b'{"a": [1]}')


@pytest.mark.parametrize(
    "broken",
    [
        "sys.meta_path.clear()",
        "sys.path = None",
        "sys.path_hooks.clear(); sys.path_importer_cache.clear()",
        "sys.modules['_json'] = None",
        "sys.modules['_json'] = types.ModuleType('_json')",
        "del sys.modules['unum_streaming']",
        "os.open = os.pread = None",
        "os.environ = dict(os.environ)",
        "sys.modules['os'] = sys.modules['time'] = sys.modules['_json'] = None",
        "for name in [name for name in sys.modules if name.startswith('unum')]: del sys.modules[name]",
    ],
)
def test_the_users_module_may_break_how_modules_are_found(start, broken):
    """The publisher is loaded behind it."""
    head = f"import os, sys, types\n{broken}\n"
    worker = start(head + textwrap.dedent(PLAIN), head + textwrap.dedent(TRANSFORMED))
    outcome = worker.invoke({"n": 1, "c": 3}, publish=True)
    assert outcome.body == b'{"a": [1], "b": {"x": 2}, "c": 3}'
    published = [name for name, _ in outcome.early]
    # Where the opcodes are not known, they have to be found.
    assert published == KEYS or published == [] and broken == "sys.path = None"


def test_a_handler_that_is_called_at_import_publishes_nothing_there(start):
    call = "\nFOUND = [handler({'n': n}, None) for n in range(3)]\n"
    text = TRANSFORMED.replace("__unum__.offer", "__unum__0__ and __unum__.offer")
    text = text.replace("    return", "    __unum__.passed(0); __unum__.emit('a', (a,))\n    return")
    worker = start(textwrap.dedent(PLAIN) + call, textwrap.dedent(text) + call, guards=1)
    for n in (1, 2):
        outcome = worker.invoke({"n": n}, publish=True)
        assert [name for name, _ in outcome.early] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "broken",
    [
        "builtins.__import__ = None",
        "builtins.frozenset = None",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
        "sys.addaudithook(lambda name, _: 1 / 0 if name == 'exec' else None)",
    ],
)
def test_where_the_publisher_cannot_be_loaded_the_result_is_sent_at_the_return(start, broken):
    head = f"import builtins, resource, sys\n{broken}\n"
    worker = start(head + textwrap.dedent(PLAIN), head + textwrap.dedent(TRANSFORMED))
    outcome = worker.invoke({"n": 1, "c": 3}, publish=True)
    assert (outcome.kind, outcome.body) == ("returned", b'{"a": [1], "b": {"x": 2}, "c": 3}')
    assert set(name for name, _ in outcome.early) <= set(KEYS)


def test_a_changed_field_is_told_of_though_the_handler_throws_out_modules(start):
    text = """
    import sys
    LOADED = set(sys.modules)
    def handler(event, context):
        a = [1]; __unum__.publish('a', (a,))
        for name in set(sys.modules) - LOADED:
            del sys.modules[name]
        a.append(2)
        return {"a": a}
    """
    outcome = start(text, text, keys=["a"]).invoke({}, publish=True)
    assert outcome.changed[1:] == [b"a"] or outcome.changed[1:] == ["a"]


def test_tools_may_replace_the_context_at_import(start):
    worker = start("""
    import sys
    runtime = sys.modules["__main__"].awslambdaricmain.bootstrap
    class Context(runtime.LambdaContext):
        is_mine = True
    runtime.LambdaContext = Context
    def handler(event, context):
        return context.is_mine
    """)
    assert worker.invoke({}).value is True


def test_a_warning_at_import_is_told_as_under_the_runtime_of_aws(start):
    worker = start("""
    import warnings
    found = []
    warnings.showwarning = lambda message, category, filename, line, *others: found.append(filename)
    warnings.warn("old", stacklevel=2)
    def handler(event, context):
        return found
    """)
    assert worker.invoke({}).value[0].endswith("/importlib/__init__.py")


def test_a_tool_may_replace_how_the_module_is_imported(python, tmp_path):
    (tmp_path / "app.py").write_text(textwrap.dedent(PLAIN))
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent("""
        import importlib
        import_module = importlib.import_module
        def traced(name, package=None):
            print("imports", name, flush=True)
            return import_module(name, package)
        importlib.import_module = traced
        """)
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "LAMBDA_TASK_ROOT": str(tmp_path)}
    with Worker(python, env=env) as worker:
        assert "imports app\n" in worker.init({"handler": "app.handler"}).stdout
