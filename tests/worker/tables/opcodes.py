"""Opcodes as the publisher has them for this interpreter, and as the interpreter has them."""

import json
import sys

sys.path.insert(0, sys.argv[1])

from unum_streaming import opcodes  # noqa: E402

known = opcodes.KNOWN.get(int.from_bytes(opcodes.MAGIC_NUMBER[:2], "little"))
print(json.dumps({"known": known, "standard": opcodes.standard_opmap()}))
