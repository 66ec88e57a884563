"""Of the functions that the transformer knows, those that do not look like what came with the interpreter: none should be.

reliance.py LAYER PATH …    `module.name`, or `module.*` for all that it has
"""

import importlib
import json
import sys

sys.path.insert(0, sys.argv[1])

from unum_streaming.reliance import Reliance  # noqa: E402


def main():
    sys.modules["app"] = type(sys)("app")
    wrong = []
    for path in sys.argv[2:]:
        module, _, name = path.rpartition(".")
        try:
            there = importlib.import_module(module)
        except ImportError:
            there = None  # a class
        if there is None:
            importlib.import_module(module.rpartition(".")[0] or module)
        names = (
            [name]
            if name != "*"
            else [one for one in vars(there) if callable(vars(there)[one]) and one[0] != "_"]
        )
        for name in names:
            if there is not None and not hasattr(there, name):
                continue  # newer than this interpreter, or older
            if type(getattr(there, name, None)) is type(sys):
                continue  # what it has imported
            if Reliance([[f"{module}.{name}", 0]], "app", "app.py").is_broken():
                wrong.append(f"{module}.{name}")
    print(json.dumps(wrong))


if __name__ == "__main__":
    main()
