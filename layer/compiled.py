"""Compiles the worker's modules for the Pythons of Lambda: `make compiled`, after each change of layer/python.

Nothing can be written beside a layer's files, so Python would compile them at each cold start; that takes 10 ms. What is
compiled is kept in layer/compiled, so that a layer has the same bytes wherever it is made: on few machines is every
Python. One file a module: the SHA-256 of the source, a byte with the number of versions, an entry for each of them, then
the code of each as `marshal` writes it. An entry is the version's magic number, its patch level and three unused bytes, and
the code's offset and length as big-endian numbers of four bytes.

The layer has one file for all, for each file and each folder that an import looks at takes its time: 4,096 bytes for the
index, then the codes. Those of a module's versions stand together: zipped, they need half the room. The index is a dict as
`marshal` writes it, {magic number: {module: (offset, length)}}, and zeros.
"""

import argparse
import hashlib
import marshal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "python" / "unum_streaming"
COMPILED = HERE / "compiled"
SUFFIX = ".compiled"
# On a managed runtime and in AWS's images the layer is there; elsewhere the names are put right when they are loaded.
PLACE = "/opt/python/unum_streaming/"
# Lambda has taken 3.9 and 3.10 out of support, and the room is short: there the modules are compiled at each start.
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
# Python takes only the source of a script; and `exact` is large and for rare values.
AS_SOURCE = ("start.py", "exact.py")
HASH_BYTES = 32
INDEX_BYTES = 4096
# Of `marshal`: the first one, which every Python writes alike.
INDEX_VERSION = 0
ENTRY_BYTES = 16

COMPILE = """
import marshal, sys, _imp, _frozen_importlib_external
code = compile(sys.stdin.buffer.read(), sys.argv[1], "exec", dont_inherit=True, optimize=2)
sys.stdout.buffer.write(_frozen_importlib_external.MAGIC_NUMBER + bytes([sys.version_info[2]]) + marshal.dumps(code))
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="also what is up to date")
    arguments = parser.parse_args()
    COMPILED.mkdir(exist_ok=True)
    for file in COMPILED.iterdir():
        if file.stem not in {source.stem for source in modules()}:
            file.unlink()
    stale = [source for source in modules() if arguments.all or fresh(source) is None]
    pythons = [python(version) for version in VERSIONS] if stale else []
    for source in stale:
        target(source).write_bytes(packed(source.read_bytes(), PLACE + source.name, pythons))
        print(target(source).relative_to(HERE.parent))


def modules():
    """Those that are compiled."""
    return sorted(source for source in SOURCES.glob("*.py") if source.name not in AS_SOURCE)


def target(source):
    return COMPILED / (source.stem + SUFFIX)


def fresh(source):
    """The file with the compiled module, if it was made from what the module is now."""
    file = target(source)
    if file.is_file() and file.read_bytes()[:HASH_BYTES] == hashlib.sha256(source.read_bytes()).digest():
        return file
    return None


def python(version):
    sys.path.append(str(HERE.parent / "tests"))
    import interpreters

    found = interpreters.find(version)
    if found is None:
        sys.exit(
            f"layer/compiled.py: Python {version} is not on this machine: install it, for example with pyenv"
        )
    return found.executable


def packed(source, place, pythons):
    parts = [compiled(source, place, python) for python in pythons]
    offset = HASH_BYTES + 1 + ENTRY_BYTES * len(parts)
    index = hashlib.sha256(source).digest() + bytes([len(parts)])
    for magic, patch, code in parts:
        index += magic + patch + bytes(3) + offset.to_bytes(4, "big") + len(code).to_bytes(4, "big")
        offset += len(code)
    return index + b"".join(code for _, _, code in parts)


def versions(file):
    """Magic number and code of each version in a module's file."""
    packed = file.read_bytes()
    for at in range(HASH_BYTES + 1, HASH_BYTES + 1 + ENTRY_BYTES * packed[HASH_BYTES], ENTRY_BYTES):
        offset, length = (int.from_bytes(packed[place : place + 4], "big") for place in (at + 8, at + 12))
        yield packed[at : at + 4], packed[offset : offset + length]


def bundle(files):
    """The layer's one file, of these modules."""
    index, codes, offset = {}, [], INDEX_BYTES
    for file in files:
        for magic, code in versions(file):
            index.setdefault(magic, {})[file.stem] = (offset, len(code))
            codes.append(code)
            offset += len(code)
    head = marshal.dumps(index, INDEX_VERSION)
    if len(head) > INDEX_BYTES:
        sys.exit(f"layer/compiled.py: the index has {len(head)} bytes, and there is room for {INDEX_BYTES}")
    return head.ljust(INDEX_BYTES, b"\0") + b"".join(codes)


def compiled(source, place, python):
    """Magic number, patch level, code."""
    # No columns: only ours would be marked. No docstrings: a fourteenth of the room. The order of a set's members, and so the
    # bytes, hang on the seed.
    command = [python, "-s", "-S", "-X", "no_debug_ranges", "-c", COMPILE, place]
    done = subprocess.run(command, input=source, capture_output=True, check=True, env={"PYTHONHASHSEED": "0"})
    return done.stdout[:4], done.stdout[4:5], done.stdout[5:]


if __name__ == "__main__":
    main()
