"""What to ask of each module: run by the interpreter that the module is for. Standard library only, Python 3.9.

A path for each line of stdin; for each module a line of JSON on stdout: its functions that could be handlers, and the same
for the module with its results grown, or why it is left out.
"""

import ast
import hashlib
import io
import json
import re
import sys
import tokenize
import warnings

PER_MODULE = 10
# Fields that a grown result has beside the value that was there.
NAMES = 5


def main():
    warnings.simplefilter("ignore")
    seen = set()
    for line in sys.stdin:
        path = line.rstrip("\n")
        with open(path, "rb") as file:
            source = file.read()
        digest = hashlib.sha256(source).digest()
        if digest not in seen:
            seen.add(digest)
            print(json.dumps({"path": path, **questions(source, path)}), flush=False)


def questions(source, path):
    try:
        tree = ast.parse(source, path)
        compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"left_out": type(error).__name__}
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    asked = [node.name for node in functions if takes_two(node)]
    asked += [node.name for node in functions if returns_a_display(node)]
    found = {"handlers": [*dict.fromkeys(asked)][:PER_MODULE], "text": None, "grown": []}
    text = utf8(source)
    if text is not None:
        found["text"], found["grown"] = grow(text, tree)
        compile(found["text"], path, "exec", dont_inherit=True)
    return found


def takes_two(function):
    return len(function.args.posonlyargs + function.args.args) == 2


def returns_a_display(function):
    returns = (node for node in ast.walk(function) if isinstance(node, ast.Return))
    return any(isinstance(node.value, ast.Dict) for node in returns)


def utf8(source):
    """The text, if that is the encoding; else it could not be handed on as it is."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding) if encoding in ("utf-8", "utf-8-sig") else None


def grow(text, tree):
    """The text with results of several fields, and the names of the functions that have them."""
    lines = [line.encode() for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n|$)", text)]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and names_of(node)][
        :PER_MODULE
    ]
    # Under another name, so that no other code of the module uses it.
    for function in functions:
        grow_result(lines, function)
        rename(lines, function)
    methods = []
    for one in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        methods += [(one, node) for node in one.body if isinstance(node, ast.FunctionDef) and names_of(node)]
    handlers = ["\n"]
    for number, (one, method) in enumerate(methods[:PER_MODULE]):
        grow_result(lines, method)
        handlers.append(f"grown_method_{number} = {one.name}().{method.name}\n")
    # A last line may end in a backslash.
    grown = b"".join(lines).decode() + ("".join(handlers) if text.endswith("\n") else "")
    names = [f"grown_{function.name}" for function in functions]
    if text.endswith("\n"):
        names += [f"grown_method_{number}" for number in range(len(handlers) - 1)]
    return grown, names


def names_of(function):
    """What it binds, if it ends by returning something that could be more."""
    last = function.body[-1]
    if not isinstance(last, ast.Return) or last.value is None or isinstance(last.value, ast.Dict):
        return []
    bound = [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return [*dict.fromkeys(bound)][:NAMES]


def grow_result(lines, function):
    """`return value` becomes `return {'a': a, 'result': (value)}`."""
    value = function.body[-1].value
    fields = "".join(f"{name!r}: {name}, " for name in names_of(function))
    # The end first: it may be on the same line.
    put(lines, value.end_lineno, value.end_col_offset, ")}")
    put(lines, value.lineno, value.col_offset, f"{{{fields}'result': (")


def rename(lines, function):
    at = function.col_offset + len("def ")
    if lines[function.lineno - 1][at:].startswith(function.name.encode()):
        put(lines, function.lineno, at, "grown_")


def put(lines, line, column, piece):
    old = lines[line - 1]
    lines[line - 1] = old[:column] + piece.encode() + old[column:]


if __name__ == "__main__":
    main()
