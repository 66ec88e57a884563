"""Puts the columns of a transformed text back where they were, for tracebacks mark them."""

from _ast import PyCF_ONLY_AST


def as_written(text, path, shifts):
    """The syntax tree of `text`; `shifts` are insertions: line, column as it was written, length, both in bytes."""
    tree = compile(text, path, "exec", PyCF_ONLY_AST, dont_inherit=True)
    lines = {}
    for line, column, length in shifts:
        lines.setdefault(line, []).append((column, length))
    _restore(tree.body, lines, min(lines), max(lines))
    return tree


def _restore(nodes, lines, first, last):
    for node in nodes:
        start = getattr(node, "lineno", None)
        if start is not None:
            if start > last or node.end_lineno < first:
                continue  # nothing inside of it is on a line that was changed
            if start in lines:
                node.col_offset = _column(lines[start], node.col_offset)
            if node.end_lineno in lines:
                node.end_col_offset = _column(lines[node.end_lineno], node.end_col_offset)
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                if value and hasattr(value[0], "_fields") or None in value:
                    _restore([item for item in value if item is not None], lines, first, last)
            elif hasattr(value, "_fields"):
                _restore((value,), lines, first, last)


def _column(insertions, column):
    """Where `column` of the transformed line was before the insertions, which are in order."""
    grown = 0
    for at, length in insertions:
        if column <= at + grown:
            break
        grown += min(length, column - at - grown)
    return column - grown
