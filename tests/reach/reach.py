"""How much of what could stream does: handlers as people write them, and what a careful reviewer says of each.

    python3 tests/reach/reach.py              for each handler: how many fields stream, and why the others do not
    python3 tests/reach/reach.py --missing    only what does not stream

A handler says in comment lines of its own, beside those that an equivalence case has:

    # safe: a, b             these fields are certain while there is still something to do: they can go ahead
    # unsafe: c (why), d (computed last)

What is computed last, and a constant that no other field goes ahead with, may be published or not: there is nothing to
gain and nothing to lose.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "equivalence"), str(HERE.parent)]

from cases import Case, Staged, staged, transform  # noqa: E402

HANDLERS = HERE / "handlers"
STAND_INS = HERE / "stand_ins"
# Reasons that begin like this: published or not, it is right.
HARMLESS = ("computed last", "a constant alone")
# `name (why)`, the reason without brackets of its own.
_UNSAFE = re.compile(r"([\w-]+) \(([^()]*)\)")


@dataclass(frozen=True)
class Handler(Case):
    """`source` is a module by itself, or `app.py` in a folder with the modules that it imports."""

    @property
    def name(self) -> str:
        return self.source.relative_to(HANDLERS).with_suffix("").as_posix().removesuffix("/app")

    @property
    def safe(self) -> list[str]:
        return re.findall(r"[^,\s]+", self._directive("safe") or "")

    @property
    def unsafe(self) -> dict[str, str]:
        """With the reasons."""
        return dict(_UNSAFE.findall(self._directive("unsafe") or ""))

    @property
    def harmless(self) -> set[str]:
        return {name for name, why in self.unsafe.items() if why.startswith(HARMLESS)}

    @property
    def is_package(self) -> bool:
        return self.source.parent != HANDLERS


@dataclass
class Reach:
    """What the transformer makes of one handler's fields."""

    handler: Handler
    missing: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    """Safe, but sent at the return: the reason and its line."""
    unmarked: dict[str, int | None] = field(default_factory=dict)
    """Published, but not marked as safe: the line after which."""

    @property
    def safe(self) -> int:
        return len(self.handler.safe)

    @property
    def streaming(self) -> int:
        return self.safe - len(self.missing)


def find_all() -> list[Handler]:
    return [Handler(path) for path in sorted([*HANDLERS.glob("*.py"), *HANDLERS.glob("*/app.py")])]


def reach(handler: Handler) -> Reach:
    found = Reach(handler)
    report = transform(handler.source, handler.handler).get("report") or {"fields": []}
    fields = {one["field_name"]: one for one in report["fields"]}
    published = {name for name, one in fields.items() if one["verdict"] == "published"}
    for name in handler.safe:
        if name not in published:
            why = fields.get(name, {"reason": report.get("reason"), "reason_line": report.get("line")})
            found.missing[name] = (why["reason"] or "it cannot be analysed", why["reason_line"])
    for name in published - {*handler.safe} - handler.harmless:
        found.unmarked[name] = fields[name]["published_at_line"]
    return found


def put(handler: Handler, folder: Path) -> Path:
    """The handler in a folder as it is deployed: with its modules, and the packages that it imports beside it."""
    shutil.copytree(STAND_INS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    # The worker reads the .pth files of the task's folder, as AWS's runtime does.
    (folder / "fixed.pth").write_text("import fixed\n")
    files = sorted(handler.source.parent.iterdir()) if handler.is_package else [handler.source]
    for file in files:
        if file.is_dir():
            shutil.copytree(file, folder / file.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(file, folder)
    return folder / handler.source.name


def stage(handler: Handler, folder: Path) -> Staged:
    return staged(put(handler, folder), handler.handler)


def share(reaches: Iterable[Reach]) -> float:
    """Of the safe fields, those that stream."""
    reaches = list(reaches)
    return sum(one.streaming for one in reaches) / max(sum(one.safe for one in reaches), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--missing", action="store_true", help="only what does not stream")
    arguments = parser.parse_args()
    reaches = [reach(handler) for handler in find_all()]
    for one in reaches:
        if one.missing or one.unmarked or not arguments.missing:
            print(f"{one.handler.name:32} {one.streaming:2} of {one.safe:2} stream")
        for name, (reason, line) in one.missing.items():
            print(f"    {name}: {reason}" + (f" ({_source_line(one.handler, line)})" if line else ""))
        for name, line in one.unmarked.items():
            print(f"    {name}: published at line {line}, but not marked as safe")
    print(f"\n{len(reaches)} handlers, {sum(one.safe for one in reaches)} safe fields")
    print(f"{share(reaches):.1%} of them stream ({sum(one.streaming for one in reaches)})")
    print(f"{sum(len(one.unmarked) for one in reaches)} fields are published and not marked as safe")


def _source_line(handler: Handler, line: int) -> str:
    lines = handler.source.read_text(encoding="utf-8").splitlines()
    return f"line {line}: {lines[line - 1].strip()}" if line <= len(lines) else f"line {line}"


if __name__ == "__main__":
    main()
