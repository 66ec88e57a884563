"""The same statements, laid out as people at times do."""

from __future__ import annotations

import io
import itertools
import re
import tokenize

from random_programs.maker import Maker
from random_programs.modules import BEHIND_A_LINE_END

_COMPOUND = re.compile(
    r"\s*(if|elif|else|for|while|try|except|finally|with|def|class|async|match|case|@)\b|\s*@"
)
_ONE_LINE = re.compile(r"\s*(if|elif|else|for|while|try|except|finally|with|case)\b.*:$")
_WORD = re.compile(r"(?<=[ (\[{,=])'(\w\w+)'(?=[])},: ]|$)")
_ASSIGNMENT = re.compile(r"(\s*)(\w+) = (\w+\(.*\))$")


def lay_out(maker: Maker, lines: list[str]) -> str:
    """`lines` are logical ones: a display may hold line ends."""
    if maker.chance(0.12):
        lines = _one_line_suites(maker, lines)
    if maker.chance(0.12):
        lines = _semicolons(maker, lines)
    if maker.chance(0.1):
        lines = [_backslash(maker, line) for line in lines]
    if maker.chance(0.1):
        lines = [_anywhere(maker, line) for line in lines]
    if maker.chance(0.06):
        lines = [_in_a_string(maker, line) for line in lines]
    if maker.chance(0.15):
        lines = [_comment(maker, line) for line in lines]
    if maker.chance(0.1):
        maker.mark("blank lines")
        lines = [
            f"{line}\n{maker.pick(('', '    ', chr(12)))}" if maker.chance(0.1) else line for line in lines
        ]
    text = "\n".join(lines) + "\n"
    if maker.chance(0.06):
        maker.mark("tabs")
        text = re.sub(r"(?m)^(?:    )+", lambda found: "\t" * (len(found[0]) // 4), text)
    if maker.chance(0.5 if BEHIND_A_LINE_END in maker.shadow else 0.06):
        maker.mark("CRLF")
        text = text.replace("\n", "\r\n")
    return text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_simple(line: str) -> bool:
    return bool(line.strip()) and "\n" not in line and not _COMPOUND.match(line) and not line.endswith(":")


def _one_line_suites(maker: Maker, lines: list[str]) -> list[str]:
    laid: list[str] = []
    for at, line in enumerate(lines):
        ends = at + 1 == len(lines) or _indent(lines[at + 1]) < _indent(line)
        is_alone = laid and _ONE_LINE.match(laid[-1]) and _indent(line) == _indent(laid[-1]) + 4 and ends
        if is_alone and _is_simple(line) and maker.chance(0.7):
            maker.mark("one-line suite")
            laid[-1] += " " + line.strip()
        else:
            laid.append(line)
    return laid


def _semicolons(maker: Maker, lines: list[str]) -> list[str]:
    laid: list[str] = []
    for line in lines:
        follows = laid and _is_simple(laid[-1]) and _is_simple(line) and _indent(laid[-1]) == _indent(line)
        if follows and maker.chance(0.4):
            maker.mark("semicolon")
            laid[-1] += "; " + line.strip()
        else:
            laid.append(line)
    return laid


def _backslash(maker: Maker, line: str) -> str:
    found = _ASSIGNMENT.match(line)
    if not found or maker.chance(0.6):
        return line
    maker.mark("backslash")
    return f"{found[1]}{found[2]} = \\\n        {found[3]}"


def _anywhere(maker: Maker, line: str) -> str:
    """A backslash between two words of the line."""
    if not _may_be_broken(line) or maker.chance(0.7):
        return line
    places = [at for at in _gaps(line) if at > _indent(line)]
    if not places:
        return line
    maker.mark("backslash")
    at = maker.pick(places)
    return f"{line[:at]} \\\n{' ' * maker.pick((0, 1, 8))}{line[at + 1 :]}"


def _in_a_string(maker: Maker, line: str) -> str:
    words = [*_WORD.finditer(line)]
    if not _may_be_broken(line) or not words or maker.chance(0.5):
        return line
    maker.mark("backslash in a string")
    at = maker.pick(words).start(1) + 1
    return f"{line[:at]}\\\n{line[at:]}"


def _may_be_broken(line: str) -> bool:
    """What is counted in a loop stays as it is, for `minimise`; f-strings have no backslashes in the old versions."""
    return not re.search(r"[\\\n#]|turn_|\bf[\"']", line)


def _gaps(line: str) -> list[int]:
    """The single blanks between two tokens."""
    tokens = [*tokenize.generate_tokens(io.StringIO(line).readline)]
    return [
        one.end[1]
        for one, other in itertools.pairwise(tokens)
        if one.end[0] == other.start[0] == 1 and one.end[1] + 1 == other.start[1]
    ]


def _comment(maker: Maker, line: str) -> str:
    if "\n" in line or "\\" in line or not line.strip() or maker.chance(0.75):
        return line
    maker.mark("comment")
    return line + "  # so: 'it'" if maker.chance(0.6) else f"{' ' * maker.pick((0, 4, 7))}# before\n{line}"
