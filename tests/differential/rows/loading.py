"""How the handler is found and loaded, and what is told when it cannot be."""

from __future__ import annotations

from differential.row import Row

HANDLER = "def handler(event, context):\n    return [__name__, event]\n"
PACKAGES = {
    "app.py": HANDLER,
    "package/__init__.py": "",
    "package/app.py": HANDLER,
    "package/inner/__init__.py": "",
    "package/inner/module.py": "def handler(event, context):\n    raise KeyError(__name__)\n",
    "package/inner/relative.py": "from ..app import handler\nfrom . import module\n",
    "package/beyond.py": "from ...app import handler\n",
    "package/handler.py": HANDLER,
    "package_itself/__init__.py": HANDLER,
    "folder/module.py": HANDLER,
    "folder/nested/deep/module.py": HANDLER,
    "with-dash/the-module.py": HANDLER,
    "both/__init__.py": "def handler(event, context):\n    return 'package'\n",
    "both.py": "def handler(event, context):\n    return 'module'\n",
    "outside_ascii_é.py": HANDLER,
    "1number.py": HANDLER,
    "package/__main__.py": HANDLER,
    "__main__.py": HANDLER,
    "upper/Module.py": HANDLER,
}
NAMES = {
    "slashes": "package/inner/module.handler",
    "dots": "package.inner.module.handler",
    "mixed": "package/inner.module.handler",
    "relative": "package/inner/relative.handler",
    "beyond_the_top": "package.beyond.handler",
    "package_itself": "package_itself.handler",
    "package_wins": "both.handler",
    "namespace": "folder/module.handler",
    "deep_namespace": "folder/nested/deep/module.handler",
    "dashes": "with-dash/the-module.handler",
    "begins_with_a_digit": "1number.handler",
    "outside_ascii": "outside_ascii_é.handler",
    "main_of_a_package": "package/__main__.handler",
    "main": "__main__.handler",
    "other_case": "upper/module.handler",
    "no_dot": "handler",
    "only_a_dot": ".",
    "begins_with_a_dot": ".app.handler",
    "begins_with_a_slash": "/app.handler",
    "begins_with_two_dots": "../app.handler",
    "two_dots": "app..handler",
    "ends_with_a_dot": "app.",
    "file_name": "app.py",
    "file_name_and_function": "app.py.handler",
    "class_in_between": "app.Class.handler",
    "space_in_between": "app. handler",
    "no_such_module": "nothing.handler",
    "no_such_folder": "no/such.handler",
    "no_such_function": "app.other",
    "no_such_function_in_a_package": "package/app.other",
    "no_such_module_in_a_package": "package.nothing.handler",
    "folder_as_module": "folder.handler",
    "built_in": "sys.exit",
    "built_in_too": "time.sleep",
    "built_in_with_a_slash": "sys/app.handler",
    "below_a_built_in": "time.app.handler",
    "of_the_library_in_a_package": "os.path.join",
    "ours": "worker.run",
}
NOT_TO_BE_CALLED = {
    "of_the_library": "os.getcwd",
    "frozen": "zipimport.zipimporter",
    "attribute_of_a_module": "app.__name__",
    "of_aws": "bootstrap.main",
}
BROKEN = {
    "syntax": "def handler(event, context)\n    pass\n",
    "indentation": "def handler(event, context):\npass\n",
    "tabs": "if True:\n        x = 1\n\ty = 2\n",
    "unclosed": "x = (1,\n",
    "string": "x = 'abc\n",
    "last_line": "x = 1\nclass",
    "null_byte": "x = 1\0\n",
    "return_outside": "x = 1\nreturn x\n",
    "late_future": "x = 1\nfrom __future__ import annotations\n",
    "unknown_future": "from __future__ import nothing\n",
    "f_string": "x = f'{1 +}'\n",
    "number": "x = 0777\n",
    "twice_a_parameter": "def handler(event, event): pass\n",
    "global_after_use": "def f():\n    x = 1\n    global x\n",
    "long_line": "x = [" + "1, " * 300 + "\n",
    "print_statement": "print 'hello'\n",
    "unknown_encoding": "# -*- coding: nothing -*-\nx = 1\n",
    "two_encodings": b"\xef\xbb\xbf# -*- coding: latin-1 -*-\nx = 1\n",
}
FAILING = {
    "raises": "def f():\n    raise ValueError('at import')\nf()\n",
    "without_a_message": "raise ValueError\n",
    "key_error": "{}['key']\n",
    "own_class": "class Odd(Exception): pass\nraise Odd(1, 2)\n",
    "chained": "try:\n    {}['key']\nexcept KeyError as error:\n    raise RuntimeError('chained') from error\n",
    "missing_dependency": "import no_such_module\n",
    "missing_submodule": "import os.nothing\n",
    "missing_name": "from os import no_such_name\n",
    "import_error": "raise ImportError('own words', name='n', path='p')\n",
    "import_error_without_words": "raise ImportError\n",
    "module_not_found": "raise ModuleNotFoundError('own words')\n",
    "import_error_of_its_own": "class Late(ImportError): pass\nraise Late('late')\n",
    "syntax_error_raised": "raise SyntaxError('own words')\n",
    "syntax_error_with_details": "raise SyntaxError('own', ('file.py', 3, 4, 'text'))\n",
    "syntax_error_in_exec": "exec('def')\n",
    "itself": "from app import handler\n",
    "exits": "import sys\nsys.exit(3)\n",
    "exits_with_nothing": "import sys\nsys.exit()\n",
    "exits_with_words": "import sys\nsys.exit('bye')\n",
    "exits_at_once": "import os\nos._exit(9)\n",
    "interrupted": "raise KeyboardInterrupt('stop')\n",
    "generator_exit": "raise GeneratorExit\n",
    "base_exception": "class Base(BaseException): pass\nraise Base('base')\n",
    "recursion": "def f(): return f()\nf()\n",
    "prints_before": "import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 / 0\n",
    "logs_before": "import logging\nlogging.warning('before')\nlogging.getLogger('a').error('too')\n1 / 0\n",
    "decorator": "def wrap(f):\n    raise TypeError('wrap')\n\n@wrap\ndef handler(event, context): pass\n",
    "getattr_raises": "def __getattr__(name):\n    raise AttributeError(name)\n",
    "getattr_raises_another": "def __getattr__(name):\n    raise LookupError(name)\n",
    "removes_itself": "import sys\ndel sys.modules[__name__]\n",
    "replaced_by_none": "import sys\nsys.modules[__name__] = None\n",
    "closes_stdout": "import sys\nsys.stdout.close()\n1 / 0\n",
}
DEPENDENCIES = {
    "raises_in_a_dependency": "def f():\n    1 / 0\nf()\n",
    "syntax_in_a_dependency": "def f(:\n",
    "exits_in_a_dependency": "raise SystemExit(4)\n",
    "import_error_in_a_dependency": "import no_such_module\n",
    "circle_in_a_dependency": "from app import handler\n",
}
OUTSIDE_ASCII = {
    "raises": "raise ValueError('café')\n",
    "raises_more": "raise ValueError('€')\n",
    "syntax": "x = b'é'\n",
    "source": b"x = '\xff'\n",
}
JSON_LOGS = {"AWS_LAMBDA_LOG_FORMAT": "JSON"}
WARNS = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.15"}

ROWS: list[Row] = [
    *(Row(f"name_{name}", PACKAGES, handler=handler) for name, handler in NAMES.items()),
    *(
        Row(f"cannot_be_called_{name}", PACKAGES, handler=handler)
        for name, handler in NOT_TO_BE_CALLED.items()
    ),
    *(Row(f"broken_{name}", {"app.py": code}) for name, code in BROKEN.items()),
    *(Row(f"fails_{name}", code) for name, code in FAILING.items()),
    *(
        Row(f"fails_{name}", {"app.py": "import other\n", "other.py": code})
        for name, code in DEPENDENCIES.items()
    ),
    Row(
        "fails_in_a_file_called_like_aws_own",
        {"bootstrap.py": "def handler(event, context):\n    import other\n", "other.py": "1 / 0\n"},
        handler="bootstrap.handler",
    ),
    Row(
        "fails_in_a_package",
        {"package/__init__.py": "1 / 0\n", "package/app.py": HANDLER},
        handler="package/app.handler",
    ),
    *(
        Row(f"{name}_in_json", code, env=JSON_LOGS)
        for name, code in {
            "raises": FAILING["raises"],
            "syntax": BROKEN["syntax"],
            "missing": "",
            "exits": FAILING["exits"],
        }.items()
    ),
    *(
        Row(f"{name}_framed", code, framed_log=True)
        for name, code in {"raises": FAILING["raises"], "syntax": BROKEN["syntax"], "missing": ""}.items()
    ),
    Row("raises_in_an_older_environment", FAILING["raises"], env={"AWS_EXECUTION_ENV": None}),
    *(Row(f"outside_ascii_{name}", {"app.py": code}) for name, code in OUTSIDE_ASCII.items()),
    Row("preview", HANDLER, env=WARNS),
    Row("preview_in_china", HANDLER, env={**WARNS, "AWS_REGION": "cn-north-1"}),
    Row("preview_without_a_warning", HANDLER, env={**WARNS, "LAMBDA_DISABLE_PREVIEW_WARN": "1"}),
    Row("preview_that_fails", FAILING["raises"], env=WARNS),
]
