"""Shapes and text as SVG, readable on light and dark pages; the only place that writes markup."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

# Class → colour on light, colour on dark.
COLOURS = {
    "ours": ("#2f6fd0", "#6ea3f5"),
    "off": ("#a9c6f2", "#35568a"),
    "rival": ("#9aa3af", "#7d8795"),
    "floor": ("#2f9e69", "#4fc28b"),
    "target": ("#b3261e", "#f28b82"),
    "bare": ("#d5dae1", "#4a525e"),
}
FONT = "Inter,'Segoe UI','Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',sans-serif"
LIGHT = {"page": "#fff", "text": "#1f2733", "note": "#5c6675", "grid": "#e4e8ee", "axis": "#aab2bf"}
DARK = {"page": "#0d1117", "text": "#e6edf3", "note": "#9aa6b5", "grid": "#262d37", "axis": "#57606d"}


class Drawing:
    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self.width = width
        self.height = height
        self._title = title
        self._description = description
        self._parts: list[str] = []
        self.text(24, 34, title, "title")

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        self._add(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def turned_text(self, x: float, y: float, text: str) -> None:
        """Reads upwards, with its middle at this place."""
        self._add(
            f'<text transform="translate({x:.1f} {y:.1f}) rotate(-90)" class="note" text-anchor="middle">'
            f"{escape(text)}</text>"
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        self._add(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def rect(self, x: float, y: float, width: float, height: float, kind: str, title: str = "") -> None:
        inner = f"<title>{escape(title)}</title>" if title else ""
        self._add(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
            f'rx="2" class="fill-{kind}">{inner}</rect>'
        )

    def dot(self, x: float, y: float, kind: str, radius: float = 3) -> None:
        self._add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" class="fill-{kind}"/>')

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self._add(f'<path d="M{drawn}" class="line-{kind}"/>')

    def legend(self, x: float, y: float, entries: Sequence[tuple[str, str]]) -> None:
        """Kind and label of each, in one row."""
        for kind, label in entries:
            self.rect(x, y - 10, 12, 12, kind)
            self.text(x + 18, y, label, "note")
            x += 18 + 6.6 * len(label) + 22

    def markup(self) -> str:
        size = f'width="{self.width:.0f}" height="{self.height:.0f}"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {self.width:.0f} {self.height:.0f}" role="img">',
                f"<title>{escape(self._title)}</title>",
                f"<desc>{escape(self._description)}</desc>",
                f"<style>{_style()}</style>",
                '<rect width="100%" height="100%" class="page"/>',
                *self._parts,
                "</svg>\n",
            ]
        )

    def _add(self, element: str) -> None:
        self._parts.append(element)


def _style() -> str:
    common = (
        f"text{{font-family:{FONT};font-size:13px}}.title{{font-size:18px;font-weight:600}}"
        ".panel{font-weight:600}.note,.tick{font-size:12px}.axis,.grid{stroke-width:1}"
        ".whisker{stroke-width:1.5}"
    )
    return f"\n{common}\n{_colours(LIGHT, 0)}\n@media (prefers-color-scheme:dark){{{_colours(DARK, 1)}}}\n"


def _colours(page: dict[str, str], scheme: int) -> str:
    rules = [
        f".page{{fill:{page['page']}}}text{{fill:{page['text']}}}.note,.tick{{fill:{page['note']}}}",
        f".grid{{stroke:{page['grid']}}}.axis{{stroke:{page['axis']}}}.whisker{{stroke:{page['text']}}}",
    ]
    for kind, colours in COLOURS.items():
        colour = colours[scheme]
        rules.append(
            f".fill-{kind}{{fill:{colour}}}.line-{kind}{{stroke:{colour};fill:none;stroke-width:2}}"
            f".dashed-{kind}{{stroke:{colour};stroke-width:1.5;stroke-dasharray:5 4}}"
        )
    return "".join(rules)
