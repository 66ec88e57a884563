"""Lays out the layer's files in a folder and, if asked, in a zip: `bootstrap` and `python/` as they stand under /opt.

The zip's bytes depend on nothing but its contents: entries are sorted, times and modes are fixed.
"""

import argparse
import shutil
import sys
import zipfile
from pathlib import Path

import compiled

PYTHON = Path(__file__).resolve().parent / "python"
EARLIEST = (1980, 1, 1, 0, 0, 0)


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
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), EARLIEST)
            mode = 0o755 if file.name == "bootstrap" else 0o644
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes(), compresslevel=9)


if __name__ == "__main__":
    main()
