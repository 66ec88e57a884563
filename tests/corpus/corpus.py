"""Real modules through the transformer: what the interpreters of this machine came with, and what is installed there.

    python3 tests/corpus/corpus.py                    every module, each on its own interpreter
    python3 tests/corpus/corpus.py --sample 300       some of them, the same each time (--seed)
    python3 tests/corpus/corpus.py --python 3.13      of one interpreter

Functions of two arguments and those that return a display are handlers as they are. Few real functions return several fields,
so each module is also taken with its results grown: `return value` becomes `return {'a': a, 'result': (value)}`.

Complains of: a panic; a hang; an error that is none of the input's; an edited source that does not compile, has another number
of lines, or is not the original with pieces put in.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

import pieces  # noqa: E402
import transformer  # noqa: E402
from findings import Findings  # noqa: E402
from modules import Modules, find_all  # noqa: E402
from transformer import Question  # noqa: E402

PARALLEL = 2


def run(modules: Modules) -> Findings:
    findings = Findings()
    asked = [json.loads(line) for line in _inside(modules.python, "questions.py", map(str, modules.paths))]
    findings.files = len(asked)
    findings.left_out.update(one["left_out"] for one in asked if "left_out" in one)
    questions = [question for one in asked if "left_out" not in one for question in _questions(one)]
    findings.grown = sum(question.text is not None for question in questions)
    findings.handlers = len(questions) - findings.grown
    edits: list[tuple[Question, str]] = []
    for question, answer in zip(questions, transformer.ask(questions), strict=True):
        _note(findings, question, answer)
        if answer.get("edited"):
            edits.append((question, answer["edited"]))
    findings.edited = len(edits)
    _check(findings, modules, edits)
    return findings


def run_all(found: list[Modules]) -> Findings:
    findings = Findings()
    with ThreadPoolExecutor(PARALLEL) as pool:
        for one in pool.map(run, found):
            findings.add(one)
    return findings


def _questions(one: dict) -> list[Question]:
    plain = [Question(one["path"], handler, None) for handler in one["handlers"]]
    return plain + [Question(one["path"], handler, one["text"]) for handler in one["grown"]]


def _note(findings: Findings, question: Question, answer: dict) -> None:
    if "died" in answer:
        findings.complaints.append(f"{question}: {answer['died']}")
        return
    findings.time(question.path, answer["milliseconds"], answer["bytes"])
    if answer["panicked"] or (answer["error"] and answer["error"][0] in ("Failed", "HandlerMissing")):
        findings.complaints.append(f"{question}: {answer['panicked'] or answer['error'][1]}")
    elif answer["error"]:
        kind, message = answer["error"]
        without_line = re.sub(r" at line \d+$", "", message)
        findings.unreadable[f"{kind}: {without_line}"] += 1
    elif not answer["edited"]:
        findings.reasons[re.sub(r"`[^`]*`", "`…`", answer["reason"])] += 1


def _check(findings: Findings, modules: Modules, edits: list[tuple[Question, str]]) -> None:
    lines = (json.dumps({"path": question.path, "text": edited}) for question, edited in edits)
    errors = [json.loads(line) for line in _inside(modules.python, "compiles.py", lines)]
    for (question, edited), error in zip(edits, errors, strict=True):
        original = pieces.text_of(question.path) if question.text is None else question.text
        for complaint in (error, pieces.complaint(original, edited)):
            if complaint:
                findings.complaints.append(f"{question}: {complaint} ({modules.version})")


def _inside(python: Path, script: str, lines) -> list[str]:
    """Lines through a script that another interpreter runs."""
    text = "".join(f"{line}\n" for line in lines)
    # Isolated: neither this interpreter's settings nor the folder's modules are its business.
    done = subprocess.run(
        [python, "-I", "-X", "utf8", HERE / script],
        input=text,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, metavar="FILES", help="of all interpreters together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", action="append", metavar="VERSION", help="3.13; may be repeated")
    arguments = parser.parse_args()
    found = find_all(arguments.python)
    if arguments.sample:
        found = [one.sample(-(-arguments.sample // len(found)), arguments.seed) for one in found]
    findings = run_all(found)
    findings.show()
    sys.exit(1 if findings.complaints else 0)


if __name__ == "__main__":
    main()
