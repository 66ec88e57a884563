"""Puts the columns of a transformed text back where they were, for tracebacks mark them.

Code objects say of each instruction where its source is, since Python 3.11 in one format (`InternalDocs/code_objects.md`
of CPython): entries of a byte with kind and length, then lines and columns. Only those of the changed lines are
written anew. To change a syntax tree before it is compiled would be simpler, and costs 4 ms of cold start.
"""

SHORT, ONE_LINE, NO_COLUMNS, LONG, NOTHING = 0, 10, 13, 14, 15  # kinds; the first two have several numbers
# Of all bytes, those that begin an entry of another line than the one before it: no other byte is above 127.
_MOVES = bytes(byte > 127 and ONE_LINE < (byte >> 3 & 15) < NOTHING for byte in range(256))


def as_written(code, shifts):
    """`code` with other columns; `shifts` are insertions: line, column as it was written, length, both in bytes."""
    lines = by_line(shifts)
    return _moved(code, lines, max(lines))


def by_line(shifts):
    """Line → its insertions in order: where each begins, what column that was before, by how much the line has grown with it."""
    lines = {}
    for line, column, length in shifts:
        insertions = lines.setdefault(line, [])
        grown = insertions[-1][2] if insertions else 0
        insertions.append((column + grown, column, grown + length))
    return lines


def _moved(code, lines, last):
    if code.co_firstlineno > last:
        return code
    kind = type(code)
    constants = [_moved(value, lines, last) if type(value) is kind else value for value in code.co_consts]
    table = _table(code.co_linetable, code.co_firstlineno, lines)
    if table == code.co_linetable and all(map(_is, constants, code.co_consts)):
        return code
    return code.replace(co_consts=tuple(constants), co_linetable=table)


def _is(one, other):
    return one is other


def _table(table, line, lines):
    out = bytearray()
    at = kept = 0
    size = len(table)
    is_meant = line in lines
    moves = table.translate(_MOVES)
    while at < size:
        if not is_meant:
            at = moves.find(1, at)
            if at < 0:
                break
        start = at
        head = table[at]
        kind = head >> 3 & 15
        if kind < ONE_LINE:
            at += 2
            delta = rows = 0
            column = kind << 3 | table[start + 1] >> 4
            end_column = column + (table[start + 1] & 15)
        elif kind < NO_COLUMNS:
            at += 3
            delta, rows = kind - ONE_LINE, 0
            if delta:
                line += delta
                is_meant = line in lines
            if not is_meant:
                continue
            column, end_column = table[start + 1], table[start + 2]
        elif kind == NOTHING:
            at += 1
            continue
        else:
            number, at = _number(table, at + 1)
            delta = -(number >> 1) if number & 1 else number >> 1
            line += delta
            is_meant = line in lines
            if kind == NO_COLUMNS:
                continue
            rows, at = _number(table, at)
            if not is_meant and line + rows not in lines:
                continue  # in the midst of the entry: nothing there looks as if one began
            column, at = _number(table, at)
            end_column, at = _number(table, at)
            if not column or not end_column:
                continue
            column, end_column = column - 1, end_column - 1
        out += table[kept:start]
        out.append(0x80 | LONG << 3 | head & 7)
        _put(out, -delta << 1 | 1 if delta < 0 else delta << 1)
        _put(out, rows)
        _put(out, 1 + column_before(lines.get(line, ()), column))
        _put(out, 1 + column_before(lines.get(line + rows, ()), end_column))
        kept = at
    return bytes(out + table[kept:])


def _number(table, at):
    """Six bits in each byte, the lowest first; the seventh says that there are more."""
    number = shift = 0
    while True:
        byte = table[at]
        number |= (byte & 63) << shift
        at += 1
        if not byte & 64:
            return number, at
        shift += 6


def _put(out, number):
    while number > 63:
        out.append(number & 63 | 64)
        number >>= 6
    out.append(number)


def column_before(insertions, column):
    """Where `column` of the transformed line was before its insertions."""
    low, high = 0, len(insertions)
    while low < high:
        middle = (low + high) // 2
        if insertions[middle][0] < column:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return column
    _, before, grown = insertions[low - 1]
    return max(before, column - grown)  # within the insertion, all columns were one
