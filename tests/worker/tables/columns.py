"""Columns of transformed texts, put back by the worker and by way of the syntax tree: prints where they differ, by case."""

import ast
import json
import random
import sys

sys.path.insert(0, sys.argv[1])

from unum_streaming import columns  # noqa: E402

CALL = "__unum__.publish('a', (a,)); "
LONG = " + ".join(["value"] * 60)  # more columns than one byte can tell

# Each text as the transformer leaves it; `⟦…⟧` stands around what was inserted.
CASES = {
    "in front of a statement": "def f(a):\n    ⟦" + CALL + "⟧b = g(a) + a.x\n    return {'b': b}\n",
    "in front of a long one": "def f(a, value):\n    ⟦" + CALL + "⟧b = " + LONG + "\n    return b\n",
    "twice on a line": "def f(a, value):\n    ⟦" + CALL + "⟧b = a; ⟦" + CALL + "⟧c = " + LONG + " + a[b]\n",
    "behind what is not ASCII": "def f(a):\n    é = 'ü'; ⟦" + CALL + "⟧b = é + a.ö\n",
    "around a value": "def f(x):\n    return {'a': ⟦__unum__.emit('a', (⟧g(x) + h(x)⟦,))⟧, 'b': x / 0}\n",
    "around lines": "def f(x):\n    return {\n        'a': ⟦E('a', (⟧g(\n            x.y,\n        )⟦,))⟧, 'b': x.z,\n    }\n",
    "in a header": "def f(rows):\n    for row in ⟦P('a', (a,)) or (⟧rows⟦)⟧: row.x()\n    else: g(rows)\n",
    "a line that goes on": "def f(a):\n    ⟦"
    + CALL
    + "⟧b = (a\n        .x(a)\n  .y)\n    try:\n        g()\n    except E as e: pass\n",
    "behind other functions": "class A:\n    def m(self): return [x for x in self]\n\ndef f(a):\n    ⟦"
    + CALL
    + "⟧b = lambda: a.x\n",
    "in front of other functions": "def f(a):\n    ⟦" + CALL + "⟧b = a\n\nasync def g(): await x.y\n",
}


def dict_display(count):
    """A result on one line, each value with insertions around it."""
    pairs = ["'k%d': ⟦__unum__.emit('k%d', (⟧f(x).y%d⟦,))⟧" % (n, n, n) for n in range(count)]
    return "def f(x):\n    return {" + ", ".join(pairs) + "}\n"


def lines_run(count):
    """How many lines of ours run for so many keys."""
    text, shifts = taken_apart(dict_display(count))
    code = compile(text, "x.py", "exec", dont_inherit=True)
    seen = [0]

    def trace(frame, event, _):
        seen[0] += event == "line"
        return trace

    sys.settrace(trace)
    columns.as_written(code, shifts)
    sys.settrace(None)
    return seen[0]


def main():
    found = {name: differences(marked) for name, marked in CASES.items()}
    found["a long dict"] = differences(dict_display(40))
    print(
        json.dumps({"cases": found, "at_random": wrong_at_random(), "lines": [lines_run(50), lines_run(500)]})
    )


def wrong_at_random():
    chance = random.Random(20261201)
    wrong = []
    for _ in range(150):
        shifts, column = [], 0
        for _ in range(chance.randrange(12)):
            column += chance.randrange(4)
            shifts.append((1, column, chance.randrange(1, 6)))
        lines = columns.by_line(shifts)
        for place in range(column + 40):
            if columns.column_before(lines.get(1, ()), place) != as_written(shifts, 1, place):
                wrong.append((shifts, place))
    return wrong


def differences(marked):
    text, shifts = taken_apart(marked)
    plain = compile(text, "x.py", "exec", dont_inherit=True)
    expected = positions(compile(by_the_tree(text, shifts), "x.py", "exec", dont_inherit=True))
    found = positions(columns.as_written(plain, shifts))
    return {
        "wrong": [pair for pair in zip(found, expected) if pair[0] != pair[1]],
        "changed": found != positions(plain),
    }


def taken_apart(marked):
    """The text, and its insertions as the transformer tells them: line, column as written, bytes."""
    shifts = []
    for number, line in enumerate(marked.split("\n"), 1):
        column = 0
        for at, piece in enumerate(line.replace("⟧", "⟦").split("⟦")):
            if at % 2:
                shifts.append((number, column, len(piece.encode())))
            else:
                column += len(piece.encode())
    return marked.replace("⟦", "").replace("⟧", ""), shifts


def by_the_tree(text, shifts):
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.col_offset = as_written(shifts, node.lineno, node.col_offset)
            node.end_col_offset = as_written(shifts, node.end_lineno, node.end_col_offset)
    return tree


def as_written(shifts, line, column):
    """By looking at each byte of the line: those that were inserted do not count."""
    added = set()
    grown = 0
    for at in [shift for shift in shifts if shift[0] == line]:
        added.update(range(at[1] + grown, at[1] + grown + at[2]))
        grown += at[2]
    return sum(1 for place in range(column) if place not in added)


def positions(code):
    found = list(map(list, code.co_positions()))
    for constant in code.co_consts:
        if type(constant) is type(code):
            found += positions(constant)
    return found


if __name__ == "__main__":
    main()
