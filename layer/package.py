"""Lays out the layer's files in a folder and, if asked, in a zip: `bootstrap` and `python/` as they stand under /opt.

The zip's bytes depend on nothing but its contents and on what compresses them: entries are sorted, times and modes are fixed.
"""

import argparse
import shutil
import struct
import sys
import zlib
from pathlib import Path

import compiled

PYTHON = Path(__file__).resolve().parent / "python"

# Of the zip format (APPNOTE.TXT of PKWARE, 4.3.7, 4.3.12, 4.3.16), without archive comments and fields beyond 4 GB.
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
NEEDED, MADE_BY = 20, 3 << 8 | 20  # version 2.0, on Unix
DEFLATED = 8
EARLIEST = 0, 1 << 5 | 1  # 1980-01-01 00:00


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap", type=Path, required=True, help="the bootstrap binary")
    parser.add_argument("--folder", type=Path, required=True, help="where the files go; emptied first")
    parser.add_argument("--zip", type=Path, help="the zip to write")
    arguments = parser.parse_args()
    lay_out(arguments.bootstrap, arguments.folder)
    if arguments.zip:
        pack(arguments.folder, arguments.zip)
        print(f"{arguments.zip}: {arguments.zip.stat().st_size:,} bytes")


def lay_out(bootstrap, folder):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PYTHON, folder / "python", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    (folder / "python" / "unum_streaming" / "modules.compiled").write_bytes(compiled.bundle(fresh()))
    shutil.copyfile(bootstrap, folder / "bootstrap")
    (folder / "bootstrap").chmod(0o755)


def fresh():
    """What the modules were compiled to. Of an older source it stays out: that module is compiled where it runs."""
    for source in compiled.modules():
        file = compiled.fresh(source)
        if file:
            yield file
        else:
            print(
                f"{source.name} has changed: it makes each cold start longer until `make compiled`",
                file=sys.stderr,
            )


def pack(folder, path):
    """`zipfile` compresses itself, with zlib; this takes what was compressed."""
    out, directory, count = bytearray(), bytearray(), 0
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        name, data = str(file.relative_to(folder)).encode(), file.read_bytes()
        packed = deflated(data)
        mode = 0o100755 if file.name == "bootstrap" else 0o100644
        facts = (0, DEFLATED, *EARLIEST, zlib.crc32(data), len(packed), len(data), len(name), 0)
        directory += CENTRAL_HEADER.pack(b"PK\1\2", MADE_BY, NEEDED, *facts, 0, 0, 0, mode << 16, len(out))
        directory += name
        out += LOCAL_HEADER.pack(b"PK\3\4", NEEDED, *facts) + name + packed
        count += 1
    end = END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(out), 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out + directory + end)


def deflated(data):
    """libdeflate's is a thirtieth smaller than zlib's; `make layer` brings it."""
    try:
        from deflate import deflate_compress
    except ImportError:
        compress = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return compress.compress(data) + compress.flush()
    return bytes(deflate_compress(data, 12))


if __name__ == "__main__":
    main()
