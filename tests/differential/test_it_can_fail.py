"""Whatever part of an outcome the layer gets wrong, the suite notices."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from differential import differences, normalise
from differential.differences import Difference
from differential.row import Row
from differential.sides import AWS, OURS, Runtime, run

FRAMED = Row(
    "logs", "import logging\ndef handler(event, context):\n    logging.error('no')\n", framed_log=True
)
RAISES = Row("raises", "def handler(event, context):\n    raise ValueError('no')\n")
INTERRUPTED = Row("interrupted", "import sys\ndef handler(event, context):\n    sys.exit('no')\n")

# fmt: off
ALTERATIONS = [
    (RAISES, "posts", "errors.py", '"errorMessage": message or ""', '"errorMessage": "altered"'),
    (RAISES, "stdout", "errors.py", 'head = "[ERROR]"', 'head = "[ALTERED]"'),
    (FRAMED, "framed_log", "logs.py", "TEXT_FRAME = 0xA55A0003", "TEXT_FRAME = 0xA55A0004"),
    (INTERRUPTED, "stderr", "worker.py", "        return handler(event, context)\n", "        return handler(event, context)\n    except SystemExit:\n        sys.exit('altered')\n"),
    (INTERRUPTED, "exit", "worker.py", "        return handler(event, context)\n", "        return handler(event, context)\n    except SystemExit:\n        sys.exit(5)\n"),
]
# fmt: on


@pytest.mark.parametrize("version", ["3.12"])
@pytest.mark.parametrize(
    ("row", "part", "file", "old", "new"), ALTERATIONS, ids=[case[1] for case in ALTERATIONS]
)
def test_an_altered_layer_is_noticed(
    row: Row, part: str, file: str, old: str, new: str, runtime: Runtime, tmp_path: Path
) -> None:
    altered = tmp_path / "layer"
    # Without what was compiled: the sources are what is altered.
    shutil.copytree(runtime.layer, altered, ignore=shutil.ignore_patterns("*.compiled"))
    path = altered / "python" / "unum_streaming" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))

    expected = normalise.parts(run(row, AWS, runtime, tmp_path / "task"))
    as_it_is = normalise.parts(run(row, OURS, runtime, tmp_path / "task"))
    found = normalise.parts(run(row, OURS, replace(runtime, layer=altered), tmp_path / "task"))
    assert list(differences.problems(expected, as_it_is, OURS, [])) == []
    assert any(problem.startswith(part) for problem in differences.problems(expected, found, OURS, []))


SAME = {"posts": "a\n", "exit": "0\n"}


@pytest.mark.parametrize(
    ("found", "parts", "count"),
    [
        (SAME, [], 0),
        (SAME, ["exit"], 1),
        ({**SAME, "exit": "1\n"}, [], 1),
        ({**SAME, "exit": "1\n"}, ["exit"], 0),
        ({**SAME, "exit": "1\n"}, ["posts"], 2),
    ],
    ids=["same", "listed but the same", "different", "listed", "another part is listed"],
)
def test_the_list_is_exact(found: dict[str, str], parts: list[str], count: int) -> None:
    known = [Difference("*", parts, "a reason")] if parts else []
    assert len(list(differences.problems(SAME, found, OURS, known))) == count
