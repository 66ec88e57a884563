"""What a frame's bytecode tells the publisher: whether a box was filled from a local variable, and what becomes of a call."""

import sys

from . import opcodes

# How a `with` statement ends that is returned from: `__exit__(None, None, None)` is called below the value. Instructions,
# and their arguments where these matter. https://docs.python.org/3.13/library/dis.html#opcode-SWAP
_LEAVE = (
    ("SWAP", 2),
    *[("LOAD_CONST", None)] * 3,
    ("PRECALL", 2),  # 3.11 only
    ("CALL", 2),
    ("POP_TOP", None),
)
# There `__exit__` and what it belongs to are two values.
_LEAVE_SINCE_3_14 = (("SWAP", 3), ("SWAP", 2), *[("LOAD_CONST", None)] * 3, ("CALL", 3), ("POP_TOP", None))
_LEAVE_BEFORE_3_11 = (
    ("POP_BLOCK", None),
    ("ROT_TWO", None),
    ("LOAD_CONST", None),
    *[("DUP_TOP", None)] * 2,
    ("CALL_FUNCTION", 3),
    ("POP_TOP", None),
)
_JUMP_BYTES = 2 if sys.version_info >= (3, 10) else 1


class Bytecode:
    """Where the boxes of the code are that it was asked of last, and the opcodes that tell."""

    def __init__(self):
        opmap = opcodes.opmap()
        self._extended = opmap["EXTENDED_ARG"]
        self._const = opmap["LOAD_CONST"]
        self._tuple = opmap["BUILD_TUPLE"]
        self._end = opmap["POP_TOP"]
        self._return = opmap["RETURN_VALUE"]
        self._names = {op for name, op in opmap.items() if name.startswith("LOAD_") and op != self._const}
        self._cache = opmap.get("CACHE", -1)
        self._local = {opmap.get(name) for name in ("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW")} - {
            None
        }
        self._jump = opmap.get("JUMP_FORWARD", -1)
        leave = _LEAVE if "SWAP" in opmap else _LEAVE_BEFORE_3_11
        if "LOAD_SPECIAL" in opmap:
            leave = _LEAVE_SINCE_3_14
        steps = [(opmap.get(name), arg) for name, arg in leave if name != "PRECALL" or name in opmap]
        self._leave = steps if all(op is not None for op, _ in steps) else []
        self._code = None
        self._boxes = {}

    def is_local(self, frame, name):
        """Whether the box for `name` in the call that the frame is in was filled from a local variable. One that a closure
        shares, or a global one, has the same count, but others can get at it."""
        code = frame.f_code
        if code is not self._code:
            self._code, self._boxes = code, self._find(code)
        at = frame.f_lasti
        found = False
        for begin, end, is_local in self._boxes.get(name, ()):
            if begin <= at < end:
                found = is_local  # the latest one counts
        return found

    def returns_its_call(self, frame):
        """Whether the call that the frame is in gives what the frame returns: the next instruction is the return, or else
        `with` statements end before it, below whose exit calls the value stays where it is."""
        data = frame.f_code.co_code
        at = frame.f_lasti + 2
        done = extended = 0
        while at < len(data):
            op, arg = data[at], data[at + 1] | extended
            extended = arg << 8 if op == self._extended else 0
            at += 2
            if op == self._extended or op == self._cache:
                continue
            if done == 0 and op == self._return:
                return True
            if done == 0 and op == self._jump:
                at += arg * _JUMP_BYTES
            elif self._leave and self._leave[done] in ((op, arg), (op, None)):
                done = (done + 1) % len(self._leave)
            else:
                return False
        return False

    def _find(self, code):
        """Each `'name', (x,)` in the code, by name: where it is, where its statement ends, and whether x is a local
        variable."""
        data, consts = code.co_code, code.co_consts
        boxes, of_statement = {}, []

        def end_statement(at):
            for name, begin, is_local in of_statement:
                boxes.setdefault(name, []).append((begin, at, is_local))
            of_statement.clear()

        before_last = last = (None, 0)
        extended = 0
        for at in range(0, len(data), 2):
            op, arg = data[at], data[at + 1] | extended
            extended = arg << 8 if op == self._extended else 0
            if op == self._extended or op == self._cache:
                continue
            if op == self._end:
                end_statement(at)
            if op == self._tuple and arg == 1 and before_last[0] == self._const and last[0] in self._names:
                of_statement.append((consts[before_last[1]], at, last[0] in self._local))
            before_last, last = last, (op, arg)
        end_statement(len(data))
        return boxes
