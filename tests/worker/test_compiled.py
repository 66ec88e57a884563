"""The layer brings its modules compiled for the Pythons that Lambda supports, up to date, and they are what runs."""

import json
import marshal
import shutil
import subprocess

import pytest

import compiled
import environment
import package
from driver import Worker
from runners import COMPILED_FOR, PYTHONS, table

COMPARE = """
import json, marshal, sys, _frozen_importlib_external
source, packed, place = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read(), sys.argv[3]
for at in range(33, 33 + 16 * packed[32], 16):
    if packed[at:at + 4] == _frozen_importlib_external.MAGIC_NUMBER:
        offset, length = (int.from_bytes(packed[place:place + 4], "big") for place in (at + 8, at + 12))
        code = marshal.loads(packed[offset:offset + length])
        same = code == compile(source, place, "exec", dont_inherit=True, optimize=2)
        print(json.dumps({"same_python": packed[at + 4] == sys.version_info[2], "same": same}))
"""

INDEX = compiled.INDEX_BYTES
DAMAGES = {
    "empty": lambda whole: b"",
    "of something else": lambda whole: b"x" * 40,
    "no index of ours": lambda whole: marshal.dumps([1, 2], 0).ljust(INDEX) + whole[INDEX:],
    "cut off in the index": lambda whole: whole[: INDEX // 4],
    "cut off in the codes": lambda whole: whole[: INDEX + 600],
    "no codes": lambda whole: whole[:INDEX] + b"?" * len(whole),
}
on_those_that_it_is_for = pytest.mark.parametrize("python", COMPILED_FOR.values(), ids=COMPILED_FOR)


def test_every_module_is_compiled_as_it_is_now():
    stale = [source.name for source in compiled.modules() if compiled.fresh(source) is None]
    assert stale == [], "make compiled"
    assert set(compiled.VERSIONS) < set(environment.MANAGED_RUNTIMES)
    assert {file.name for file in compiled.COMPILED.iterdir()} == {
        compiled.target(source).name for source in compiled.modules()
    }


@on_those_that_it_is_for
def test_it_is_what_the_interpreter_makes_of_the_source(python):
    """If this is the very release that it was compiled with."""
    for source in compiled.modules():
        arguments = [source, compiled.target(source), compiled.PLACE + source.name]
        # Without columns and docstrings, as they are left out.
        command = [python, "-s", "-S", "-X", "no_debug_ranges", "-c", COMPARE, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        assert found["same"] or not found["same_python"], source


@on_those_that_it_is_for
@pytest.mark.parametrize("name", [file.stem for file in compiled.modules()])
def test_what_was_compiled_is_what_runs(name, python, packed, tmp_path):
    # A source that cannot run shows that it is not looked at.
    (packed / f"{name}.py").write_text("raise SystemError('compiled again')\n")
    assert _answer(python, packed, tmp_path) == 2


def test_on_a_python_that_nothing_was_compiled_for_the_source_runs(python, packed, tmp_path):
    file = packed / "modules.compiled"
    content = file.read_bytes()
    index = {magic[::-1]: places for magic, places in marshal.loads(content).items()}
    file.write_bytes(marshal.dumps(index, compiled.INDEX_VERSION).ljust(INDEX) + content[INDEX:])
    assert _answer(python, packed, tmp_path) == 2


@on_those_that_it_is_for
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_left_alone(damage, python, packed, tmp_path):
    file = packed / "modules.compiled"
    file.write_bytes(damage(file.read_bytes()))
    assert _answer(python, packed, tmp_path) == 2


@on_those_that_it_is_for
def test_without_it_the_source_runs(python, packed, tmp_path):
    (packed / "modules.compiled").unlink()
    assert _answer(python, packed, tmp_path) == 2


@pytest.mark.parametrize(("version", "python"), PYTHONS.items(), ids=PYTHONS)
def test_the_opcodes_are_those_of_the_interpreter(version, python):
    found = table(python, "opcodes.py")
    assert found["known"] == (found["standard"] if version in compiled.VERSIONS else None)


def test_a_changed_module_is_packed_without_what_it_was_compiled_to(tmp_path, monkeypatch, capsys):
    sources = tmp_path / "sources"
    shutil.copytree(compiled.SOURCES, sources)
    with (sources / "worker.py").open("a") as file:
        file.write("# changed\n")
    monkeypatch.setattr(compiled, "SOURCES", sources)
    bundle = compiled.bundle(package.fresh())
    for places in marshal.loads(bundle).values():
        assert {source.stem for source in compiled.modules()} - set(places) == {"worker"}
    assert "worker.py has changed" in capsys.readouterr().err


def _answer(python, packed, tmp_path):
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return event['n'] + 1\n")
    with Worker(python, cwd=tmp_path, start=packed / "start.py") as worker:
        worker.init({"handler": "app.handler"})
        return json.loads(worker.invoke({"n": 1}).body)
