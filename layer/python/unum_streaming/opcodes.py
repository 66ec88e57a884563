"""The opcodes that the publisher looks for, by name: for Lambda's Pythons here, for any other from the standard library.

There, `opcode` knows them all and takes half a millisecond of each cold start to load. Bytecode has these numbers as long
as it has the same magic number; a test compares them on each Python.
"""

from _frozen_importlib_external import MAGIC_NUMBER

from .importer import from_library

WANTED = (
    "BUILD_TUPLE",
    "CACHE",
    "CALL",
    "CALL_FUNCTION",
    "DUP_TOP",
    "EXTENDED_ARG",
    "JUMP_FORWARD",
    "POP_BLOCK",
    "POP_TOP",
    "PRECALL",
    "RETURN_VALUE",
    "ROT_TWO",
    "SWAP",
)
PREFIX = "LOAD_"

# By what the magic number begins with.
KNOWN = {
    3495: {  # 3.11
        "BUILD_TUPLE": 102,
        "CACHE": 0,
        "CALL": 171,
        "EXTENDED_ARG": 144,
        "JUMP_FORWARD": 110,
        "LOAD_ASSERTION_ERROR": 74,
        "LOAD_ATTR": 106,
        "LOAD_BUILD_CLASS": 71,
        "LOAD_CLASSDEREF": 148,
        "LOAD_CLOSURE": 136,
        "LOAD_CONST": 100,
        "LOAD_DEREF": 137,
        "LOAD_FAST": 124,
        "LOAD_GLOBAL": 116,
        "LOAD_METHOD": 160,
        "LOAD_NAME": 101,
        "POP_TOP": 1,
        "PRECALL": 166,
        "RETURN_VALUE": 83,
        "SWAP": 99,
    },
    3531: {  # 3.12
        "BUILD_TUPLE": 102,
        "CACHE": 0,
        "CALL": 171,
        "EXTENDED_ARG": 144,
        "JUMP_FORWARD": 110,
        "LOAD_ASSERTION_ERROR": 74,
        "LOAD_ATTR": 106,
        "LOAD_BUILD_CLASS": 71,
        "LOAD_CLOSURE": 136,
        "LOAD_CONST": 100,
        "LOAD_DEREF": 137,
        "LOAD_FAST": 124,
        "LOAD_FAST_AND_CLEAR": 143,
        "LOAD_FAST_CHECK": 127,
        "LOAD_FROM_DICT_OR_DEREF": 176,
        "LOAD_FROM_DICT_OR_GLOBALS": 175,
        "LOAD_GLOBAL": 116,
        "LOAD_LOCALS": 87,
        "LOAD_NAME": 101,
        "LOAD_SUPER_ATTR": 141,
        "POP_TOP": 1,
        "RETURN_VALUE": 83,
        "SWAP": 99,
    },
    3571: {  # 3.13
        "BUILD_TUPLE": 52,
        "CACHE": 0,
        "CALL": 53,
        "EXTENDED_ARG": 71,
        "JUMP_FORWARD": 79,
        "LOAD_ASSERTION_ERROR": 23,
        "LOAD_ATTR": 82,
        "LOAD_BUILD_CLASS": 24,
        "LOAD_CONST": 83,
        "LOAD_DEREF": 84,
        "LOAD_FAST": 85,
        "LOAD_FAST_AND_CLEAR": 86,
        "LOAD_FAST_CHECK": 87,
        "LOAD_FAST_LOAD_FAST": 88,
        "LOAD_FROM_DICT_OR_DEREF": 89,
        "LOAD_FROM_DICT_OR_GLOBALS": 90,
        "LOAD_GLOBAL": 91,
        "LOAD_LOCALS": 25,
        "LOAD_NAME": 92,
        "LOAD_SUPER_ATTR": 93,
        "POP_TOP": 32,
        "RETURN_VALUE": 36,
        "SWAP": 115,
    },
    3627: {  # 3.14
        "BUILD_TUPLE": 51,
        "CACHE": 0,
        "CALL": 52,
        "EXTENDED_ARG": 69,
        "JUMP_FORWARD": 77,
        "LOAD_ATTR": 80,
        "LOAD_BUILD_CLASS": 21,
        "LOAD_COMMON_CONSTANT": 81,
        "LOAD_CONST": 82,
        "LOAD_DEREF": 83,
        "LOAD_FAST": 84,
        "LOAD_FAST_AND_CLEAR": 85,
        "LOAD_FAST_BORROW": 86,
        "LOAD_FAST_BORROW_LOAD_FAST_BORROW": 87,
        "LOAD_FAST_CHECK": 88,
        "LOAD_FAST_LOAD_FAST": 89,
        "LOAD_FROM_DICT_OR_DEREF": 90,
        "LOAD_FROM_DICT_OR_GLOBALS": 91,
        "LOAD_GLOBAL": 92,
        "LOAD_LOCALS": 22,
        "LOAD_NAME": 93,
        "LOAD_SMALL_INT": 94,
        "LOAD_SPECIAL": 95,
        "LOAD_SUPER_ATTR": 96,
        "POP_TOP": 31,
        "RETURN_VALUE": 35,
        "SWAP": 117,
    },
}


def opmap():
    """Name → number."""
    known = KNOWN.get(int.from_bytes(MAGIC_NUMBER[:2], "little"))
    return standard_opmap() if known is None else known


def standard_opmap():
    """The same from the standard library, whatever the function's own files are called."""
    # A number beyond a byte is the compiler's own.
    return {
        name: number
        for name, number in from_library("opcode").opmap.items()
        if number < 256 and (name in WANTED or name.startswith(PREFIX))
    }
