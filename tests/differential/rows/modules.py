"""The module that a handler is in: what it sees of itself, other forms that it may come in, modules of taken names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from differential.row import HANDLERS, Row, shared

ITSELF = (HANDLERS / "modules.py").read_bytes()
PACKAGE = {"__init__.py": "", "inner/__init__.py": "print('inner', __name__, __path__)\n"}

STREAMING = """\
def load(n):
    print("loading", n)
    return {"n": n}


def handler(event, context):
    first = load(1)
    second = load(2)
    if event:
        raise LookupError(sorted(first))
    return {"first": first, "second": second}
"""
# Whose own file is found when the handler imports a name that the standard library, AWS or the layer has as well.
# Not among them: those that the interpreter has before anything else is loaded, and those that AWS's runtime loads
# late and fails without.
OURS = {"worker", "start", "errors", "importer", "logs", "bootstrap"}
TAKEN = sorted(
    name
    for name in {*sys.stdlib_module_names, *OURS}
    if not name.startswith("_") and name not in sys.builtin_module_names
)
BROKEN_WITHOUT = {
    "concurrent",
    "queue",
    "heapq",
    "http",
    "email",
    "socket",
    "selectors",
    "urllib",
    "multiprocessing",
    "site",
}
WHOSE = f"""\
import importlib


def handler(event, context):
    \"\"\"What is not the function's own.\"\"\"
    found = {{}}
    for name in {[name for name in TAKEN if name not in BROKEN_WITHOUT]}:
        try:
            found[name] = hasattr(importlib.import_module(name), "MINE")
        except Exception as error:
            found[name] = type(error).__name__
    return {{name: mine for name, mine in found.items() if mine is not True}}
"""


def compiled(task_root: Path, python: Path) -> None:
    """As packagers do who ship no sources."""
    subprocess.run([python, "-m", "compileall", "-q", "-b", task_root], check=True)
    for source in task_root.rglob("*.py"):
        source.unlink()


def cached(*options: str):
    """__pycache__ filled in advance; PYTHONDONTWRITEBYTECODE is about imports only."""

    def prepare(task_root: Path, python: Path) -> None:
        subprocess.run([python, "-m", "compileall", "-q", *options, task_root], check=True)

    return prepare


def stale(task_root: Path, python: Path) -> None:
    """Valid by its hash, which nobody checks, and made from another text."""
    cached("--invalidation-mode", "unchecked-hash")(task_root, python)
    (task_root / "app.py").write_text("def handler(event, context):\n    return 'of the source'\n")


def linked(task_root: Path, _python: Path) -> None:
    (task_root / "real.py").write_bytes((task_root / "app.py").read_bytes())
    (task_root / "app.py").unlink()
    (task_root / "app.py").symlink_to("real.py")


def zipped(task_root: Path, _python: Path) -> None:
    import zipfile

    with zipfile.ZipFile(task_root / "code.zip", "w") as archive:
        archive.write(task_root / "inner.py", "inner.py")
    (task_root / "inner.py").unlink()


def row(handler: str, name: str | None = None, **rest: object) -> Row:
    return Row(name or handler, shared("modules"), ["{}", "{}"], handler=f"app.{handler}", **rest)


ROWS: list[Row] = [
    *(
        row(handler)
        for handler in (
            "attributes",
            "paths",
            "source",
            "pickles",
            "imports_itself",
            "finds_specs",
            "main_module",
            "looks_for_logging_first",
            "of_the_runtime",
            "asserts",
            "warns",
        )
    ),
    row("finders", "lazy_finders"),
    Row("reloads", shared("modules"), ["{}", "{}", "{}"], handler="app.reloads"),
    row("paths", "paths_with_a_pythonpath", env={"PYTHONPATH": "/opt/mine:/opt/other"}),
    row("paths", "paths_with_an_empty_pythonpath", env={"PYTHONPATH": ""}),
    row("asserts", "asserts_when_optimised", options=["-O"]),
    row("asserts", "asserts_without_docstrings", options=["-OO"]),
    row("asserts", "asserts_by_a_variable", env={"PYTHONOPTIMIZE": "2"}),
    row("attributes", "attributes_when_optimised", options=["-O"]),
    row("paths", "paths_isolated_from_the_user", options=["-s"]),
    row("attributes", "attributes_with_a_cache", prepare=cached()),
    row("source", "source_with_a_cache", prepare=cached()),
    row("attributes", "attributes_of_a_link", prepare=linked),
    row("attributes", "attributes_without_a_source", prepare=compiled),
    row("pickles", "pickles_without_a_source", prepare=compiled),
    row("source", "source_without_a_source", prepare=compiled),
    *(
        Row(
            f"{handler}_in_a_package",
            {f"package/{name}": text for name, text in PACKAGE.items()} | {"package/inner/mod.py": ITSELF},
            ["{}"],
            handler=f"package/inner/mod.{handler}",
        )
        for handler in ("attributes", "source", "pickles", "reloads", "imports_itself", "main_module")
    ),
    Row("attributes_in_a_namespace", {"folder/mod.py": ITSELF}, handler="folder/mod.attributes"),
    Row("source_in_a_namespace", {"folder/mod.py": ITSELF}, handler="folder.mod.source"),
    Row("streams", STREAMING, ["0", "1", "0"], streams=True),
    Row(
        "streams_in_a_package",
        {"package/__init__.py": "", "package/mod.py": STREAMING},
        ["0", "1"],
        "package/mod.handler",
        streams=True,
    ),
    Row(
        "streams_in_a_namespace", {"folder/mod.py": STREAMING}, ["0", "1"], "folder/mod.handler", streams=True
    ),
    Row("streams_as_a_package", {"app/__init__.py": STREAMING}, ["0", "1"], streams=True),
    Row("streams_with_a_cache", STREAMING, ["0", "1"], prepare=cached(), streams=True),
    Row(
        "streams_with_a_hashed_cache",
        STREAMING,
        ["0", "1"],
        prepare=cached("--invalidation-mode", "checked-hash"),
        streams=True,
    ),
    Row("streams_when_optimised", STREAMING, ["0", "1"], options=["-OO"], streams=True),
    Row("streams_with_line_endings", STREAMING.replace("\n", "\r\n"), ["0", "1"], streams=True),
    Row("streams_with_a_mark", {"app.py": b"\xef\xbb\xbf" + STREAMING.encode()}, ["0", "1"], streams=True),
    Row(
        "streams_in_latin_1",
        {"app.py": ("# coding: latin-1\n# \xe9\n" + STREAMING).encode("latin-1")},
        ["0", "1"],
        streams=True,
    ),
    Row("runs_without_a_source", STREAMING, ["0", "1"], prepare=compiled, streams=False),
    Row("stale_cache_that_nobody_checks", STREAMING, ["0", "1"], prepare=stale),
    Row(
        "whose_module_is_it",
        {f"{name}.py": "MINE = True\n" for name in TAKEN if name not in BROKEN_WITHOUT} | {"app.py": WHOSE},
    ),
    *(
        Row(
            f"handler_in_{name}",
            {f"{name}.py": "def handler(event, context):\n    return __file__\n"},
            handler=f"{name}.handler",
        )
        for name in (
            "json",
            "logging",
            "random",
            "types",
            "uuid",
            "site",
            "bootstrap",
            "start",
            "worker",
            "errors",
            "test",
            "cProfile",
        )
    ),
    Row(
        "own_simplejson",
        {
            "app.py": "import simplejson\ndef handler(event, context):\n    return simplejson.__file__\n",
            "simplejson.py": "",
        },
    ),
    Row(
        "own_package_of_our_name",
        {
            "app.py": "import unum_streaming\ndef handler(event, context):\n    return [unum_streaming.MINE, unum_streaming.__file__]\n",
            "unum_streaming/__init__.py": "MINE = 1\n",
        },
    ),
    Row(
        "path_file",
        {
            "app.py": "import inner, sys\ndef handler(event, context):\n    return [inner.X, [p for p in sys.path if 'vendored' in p]]\n",
            "vendored.pth": "vendored\n# comment\nimport sys; sys.from_a_path_file = 1\nnot/there\n",
            "vendored/inner.py": "X = __file__\n",
        },
    ),
    Row(
        "zipped_dependency",
        {
            "app.py": "import sys\nsys.path.insert(0, 'code.zip')\nimport inner\ndef handler(event, context):\n    return inner.f()\n",
            "inner.py": "def f():\n    return [__file__, 1 / 0]\n",
        },
        prepare=zipped,
    ),
    Row(
        "changes_its_surroundings_at_import",
        {
            "app.py": "import os, sys\nos.makedirs('sub', exist_ok=True)\nos.chdir('sub')\nsys.argv.append('more')\nsys.path.append('last')\n"
            "def handler(event, context):\n    return [os.getcwd(), sys.argv, sys.path[-1]]\n",
        },
    ),
    Row(
        "lazy_imports_of_the_runtime",
        {
            "app.py": "import sys\nclass Finder:\n    def find_spec(self, name, path=None, target=None):\n        print('asked for', name)\n"
            "sys.meta_path.insert(0, Finder())\nimport colorsys\ndef handler(event, context):\n    import wave_of_nothing\n",
        },
        ["{}", "{}"],
    ),
    Row(
        "handler_is_replaced",
        "def first(event, context):\n    return 1\nhandler = first\ndef handler(event, context):\n"
        "    global handler\n    handler = first\n    return 2\n",
        ["{}", "{}"],
    ),
    Row(
        "handler_from_getattr",
        "def __getattr__(name):\n    print('asked for', name)\n    return lambda event, context: [name, event]\n",
        ["1", "2"],
    ),
    Row(
        "module_is_replaced",
        "import sys, types\nother = types.SimpleNamespace(handler=lambda event, context: 'other')\n"
        "sys.modules[__name__] = other\n",
    ),
    Row(
        "main_guard",
        "def handler(event, context):\n    return __name__\nif __name__ == '__main__':\n    print('as a script')\n",
    ),
    Row(
        "docstring_and_future",
        '"""Doc."""\nfrom __future__ import annotations\ndef handler(event: Nothing, context) -> None:\n'
        "    return [__doc__, handler.__annotations__]\n",
    ),
]

TRACER = """import sys

events = []


def trace(frame, event, _argument):
    if frame.f_code.co_name == "handler":
        events.append(event)
        return trace
    return None


sys.settrace(trace)
"""
OF_NAMES_THAT_WE_LOAD = {
    f"{name}.py": "raise RuntimeError(__name__)\n" for name in ("opcode", "lazy", "publisher")
}
ROWS += [
    Row(
        "streams_beside_files_that_are_called_so",
        {"app.py": STREAMING, **OF_NAMES_THAT_WE_LOAD},
        ["0", "1"],
        streams=True,
    ),
    Row(
        "traced_line_by_line",
        {
            "tracer.py": TRACER,
            "app.py": "import tracer\n"
            + STREAMING.replace('"second": ', '"events": len(tracer.events), "second": '),
        },
        ["0", "1"],
    ),
]
