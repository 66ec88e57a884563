"""What came of the questions: counts, times and complaints."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

# Below this, the start of the thread is most of the time.
SMALLEST_TIMED = 4096


@dataclass
class Findings:
    files: int = 0
    left_out: Counter = field(default_factory=Counter)
    """Files that the interpreter itself cannot compile, by its error."""
    handlers: int = 0
    grown: int = 0
    edited: int = 0
    unreadable: Counter = field(default_factory=Counter)
    """By the message, without names and lines."""
    reasons: Counter = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    times: dict[str, tuple[float, int]] = field(default_factory=dict)
    """For each file, its slowest handler's milliseconds, and the size in bytes."""

    def add(self, other: Findings) -> None:
        self.files += other.files
        self.left_out += other.left_out
        self.handlers += other.handlers
        self.grown += other.grown
        self.edited += other.edited
        self.unreadable += other.unreadable
        self.reasons += other.reasons
        self.complaints += other.complaints
        self.times |= other.times

    def time(self, path: str, milliseconds: float, size: int) -> None:
        if path not in self.times or milliseconds > self.times[path][0]:
            self.times[path] = (milliseconds, size)

    def slowest(self, count: int) -> list[tuple[float, float, int, str]]:
        """Milliseconds for each KB, milliseconds, bytes, path."""
        timed = [
            (milliseconds / size * 1024, milliseconds, size, path)
            for path, (milliseconds, size) in self.times.items()
            if size >= SMALLEST_TIMED
        ]
        return sorted(timed, reverse=True)[:count]

    def show(self, reasons: int = 12, slow: int = 10) -> None:
        left_out = ", ".join(f"{count} {why}" for why, count in self.left_out.most_common())
        print(f"{self.files} files; left out, as the interpreter does: {left_out or 'none'}")
        print(
            f"{self.handlers} handlers as written, {self.grown} with their results grown; {self.edited} edited"
        )
        for title, counted in (("cannot be analysed", self.unreadable), ("not edited", self.reasons)):
            print(f"{counted.total()} {title}")
            for why, count in counted.most_common(reasons):
                print(f"  {count:7} {why}")
        seconds = sum(milliseconds for milliseconds, _ in self.times.values()) / 1000
        size = sum(size for _, size in self.times.values())
        print(
            f"slowest of {len(self.times)} files ({size / 1e6:.1f} MB, {seconds:.1f} s for one handler of each)"
        )
        for each, milliseconds, size, path in self.slowest(slow):
            print(f"  {each:7.3f} ms/KB {milliseconds:9.2f} ms {size / 1024:8.1f} KB  {path}")
        print(f"{len(self.complaints)} complaints")
        for complaint in self.complaints:
            print(f"  {complaint}")
