"""Code that is compiled past the syntax trees, beside what `compile` makes of the same text: prints where they differ.

compiler.py LAYER SEED NUMBER    so many modules of the standard library, and the texts below
"""

import gc
import glob
import io
import json
import os
import random
import sys
import tokenize
import warnings

sys.path.insert(0, sys.argv[1])

from unum_streaming import compiler  # noqa: E402

PLACE = "/var/task/app.py"
# Text → whether it is compiled past them.
TEXTS = {
    "import os\nx = os\n": True,
    "import os": False,
    "from os import path\n": True,
    "from __future__ import annotations\nx: int = 1\n": True,
    "# a comment\n\n   \n#\timport\nimport os\r\n": True,
    "'''A docstring.\n\n   import this\n'''\n\nx: int = 1\n": True,
    '"""A docstring."""  \r\nclass A:\n    """another"""\n': True,
    '"""No docstring.""".lower()\nimport os\n': False,
    '"""An \\""" in it,\n"""\nimport os\n': False,
    '"""An \\""" in it."""\nimport os\n': False,
    '"""An \\"""\n\n""" and (lambda: print)()\nimport os\n': False,
    '"""A \\n."""\nimport os\n': False,
    '"""A docstring."""\nglobal __doc__, f\ndef f(): pass\n': False,
    "def f( # ):\n    a=(lambda: print)()): pass\n": False,
    '""" ""\n': False,
    '"short"\nimport os\n': False,
    "def f(a, b):\n    return lambda: [a for a in b]\n": True,
    "def f(a=print()):\n    pass\n": False,
    "def f(a: print()):\n    pass\n": False,
    "def f(a:\n    int): pass\n": False,
    "class A:\n    x: int = 1\n    def m(self): return super().m\n": True,
    "class A(B, metaclass=C): pass\n": False,
    "class A(B):\n    pass\n": True,
    "class A(B[C]):\n    pass\n": False,
    "@decorated\ndef f(): pass\n": False,
    "x = 1\nimport os\n": False,
    "1 / 0\nimport os\n": False,
    "  import os\n": False,
    "\fimport os\n": False,
    "import os\nx = (\n": False,
    "import os\n\0\n": False,
    "import os\n1 is 1\n": False,  # what the compiler warns of names the file
    "import os\nx = " + "(" * 150 + ")" * 150 + "\n": None,
    "import os\nx = " + "-" * 5000 + "1\n": None,
    "import os\nx = '\ud800'\n": False,
    "import os\ntype X = int\n" if sys.version_info >= (3, 12) else "import os\ny = 1\n": True,
    "import os\nglobal g\ng = 1\ndel g\n": True,
    "\n": False,
    "": False,
}


def main():
    seed, number = map(int, sys.argv[2:])
    library = os.path.dirname(os.__file__)
    files = sorted(filter(os.path.isfile, glob.glob(library + "/*.py") + glob.glob(library + "/[a-z]*/*.py")))
    files = random.Random(seed).sample(files, min(number, len(files)))
    warnings.simplefilter("ignore")
    taken, wrong = 0, []
    for file in files:
        with open(file, "rb") as opened:
            source = opened.read()
        try:
            text = io.TextIOWrapper(
                io.BytesIO(source), tokenize.detect_encoding(io.BytesIO(source).readline)[0]
            ).read()
            expected = compile(text, file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        found = compiler._without_syntax_trees(text, file, False)
        if found is not None:
            taken += 1
            if facts(found) != facts(expected):
                wrong.append(file)
    for text, expected in TEXTS.items():
        found = compiler._without_syntax_trees(text, PLACE, True)
        if found is not None and facts(found) != facts(compile(text, PLACE, "exec", dont_inherit=True)):
            wrong.append(text)
        if expected is not None and (found is not None) != expected:
            wrong.append([text, found is not None])
    print(
        json.dumps(
            {"taken": taken, "of": len(files), "wrong": wrong, "left": left(), "late": what_comes_late()}
        )
    )


def left():
    """What only a garbage collection would take away."""
    gc.collect()
    gc.disable()
    before = len(gc.get_objects())
    for text in TEXTS:
        compiler._without_syntax_trees(text, PLACE, True)
    found = [type(one).__name__ for one in gc.get_objects()[before:]]
    gc.enable()
    return [kind for kind in found if kind in ("frame", "traceback", "_Names", "_Stopped")]


def what_comes_late():
    """A signal handler may run at the text's first instruction."""

    def handler(*_, **__):
        raise TimeoutError

    compiler._stop = handler
    try:
        return repr(compiler._without_syntax_trees("import os\n", PLACE, True))
    except TimeoutError:
        return "told"


def facts(value):
    """All that there is to know of a code object."""
    if isinstance(value, frozenset):
        return "frozenset", sorted(map(str, map(facts, value)))
    if isinstance(value, tuple):
        return "tuple", list(map(facts, value))
    if type(value) is not type(main.__code__):
        return type(value).__name__, repr(value)
    names = [name for name in dir(value) if name.startswith("co_") and not callable(getattr(value, name))]
    told = {name: getattr(value, name) for name in names if name not in ("co_consts", "co_lnotab")}
    positions = getattr(value, "co_positions", tuple)
    return told, list(positions()), [facts(constant) for constant in value.co_consts]


if __name__ == "__main__":
    main()
