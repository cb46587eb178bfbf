"""The positions and sizes of the picture's parts, so that any text fits."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from PIL import ImageFont

FONTS = Path(__file__).parent / "fonts"
REGULAR = FONTS / "AtkinsonHyperlegibleNext_400Regular.ttf"
BOLD = FONTS / "AtkinsonHyperlegibleNext_700Bold.ttf"
SIZE = 600
WIDTH = 500
DARK = "#1b1922"
USUAL_COLOUR = "#1d5c63"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# left, top, right, bottom of the four levels' steps
STEPS = tuple((150 + 80 * n, 440 - 14 * n, 210 + 80 * n, 464) for n in range(4))
SKILL_SIZES = (62, 54, 46, 40, 34, 30)
SKILL_LINES = 4
MIDDLE_OF_SKILL = 262
ELLIPSIS = "…"
NOT_A_LETTER = "\uffff"


@dataclass(frozen=True)
class Badge:
    """The contents of a picture: ``assurance`` is who vouches for it, ``note`` one more line."""

    skill: str
    level: int
    level_words: str
    programme: str
    colour: str
    assurance: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """Return a text alternative for the picture."""
        said = (f"{self.skill}: {self.level_words}", self.assurance, self.programme)
        return _shown(". ".join(filter(None, said)))


@dataclass(frozen=True)
class Line:
    """One line of text, centred."""

    text: str
    baseline: int
    size: int
    bold: bool
    width: int


def colour_of(badge: Badge) -> str:
    """Return the programme's colour, or the default one if it is malformed."""
    return badge.colour if COLOUR.fullmatch(badge.colour) else USUAL_COLOUR


def lines_of(badge: Badge, *, drawn: bool) -> list[Line]:
    """Return every line. ``drawn`` drops texts with letters that our font lacks: no half words."""
    keep = _drawable if drawn else _shown
    lines = _skill(keep(badge.skill))
    lines.append(_one_line(keep(badge.programme), 96, 30, bold=False))
    lines.append(_one_line(keep(badge.level_words), 520, 36, bold=True))
    lines.append(_one_line(keep(badge.assurance), 549, 24, bold=False))
    if badge.note:
        lines.append(_one_line(keep(badge.note), 573, 20, bold=False))
    return [line for line in lines if line.text]


@lru_cache(maxsize=32)
def font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """Return one of the two fonts; the basic layout draws identically on every machine."""
    return ImageFont.truetype(BOLD if bold else REGULAR, size, layout_engine=ImageFont.Layout.BASIC)


def _skill(text: str) -> list[Line]:
    """Return the skill's lines in the largest size that fits; in the smallest, cut, if none does."""
    size = SKILL_SIZES[-1]
    for size in SKILL_SIZES:
        rows = _wrapped(text, size)
        if len(rows) <= SKILL_LINES:
            break
    rows = _cut(rows, size)
    height = round(size * 1.2)
    first = MIDDLE_OF_SKILL + size // 3 - height * (len(rows) - 1) // 2
    return [
        Line(row, first + height * number, size, bold=True, width=_width(row, size, bold=True))
        for number, row in enumerate(rows)
    ]


def _wrapped(text: str, size: int) -> list[str]:
    rows = [""]
    for word in text.split():
        joined = f"{rows[-1]} {word}".strip()
        if _measure(joined, size) <= WIDTH:
            rows[-1] = joined
            continue
        rest = word
        while rest:
            part = _head(rest, size)
            rows.append(part)
            rest = rest[len(part) :]
    return [row for row in rows if row]


def _head(word: str, size: int) -> str:
    """Return as much of a word as fits into a line, at least one letter."""
    fits = takewhile(lambda end: _measure(word[:end], size) <= WIDTH, range(1, len(word) + 1))
    return word[: max(fits, default=1)]


def _cut(rows: list[str], size: int) -> list[str]:
    if len(rows) <= SKILL_LINES:
        return rows
    last = rows[SKILL_LINES - 1]
    while _measure(last + ELLIPSIS, size) > WIDTH:
        last = last[:-1]
    return [*rows[: SKILL_LINES - 1], last.rstrip() + ELLIPSIS]


def _one_line(text: str, baseline: int, size: int, *, bold: bool) -> Line:
    """Return a text as one line, smaller where it is long, and cut where that is not enough."""
    while size > 18 and _measure(text, size, bold=bold) > WIDTH:
        size -= 2
    if _measure(text, size, bold=bold) > WIDTH:
        # a longer prefix is never narrower, so a binary search works
        fits = bisect(range(len(text)), 0, key=lambda end: _too_wide(text[:end] + ELLIPSIS, size, bold=bold))
        text = text[: fits - 1].rstrip() + ELLIPSIS
    return Line(text, baseline, size, bold, _width(text, size, bold=bold))


def _too_wide(text: str, size: int, *, bold: bool) -> int:
    """Return 1 for a text that does not fit into a line, otherwise 0."""
    return int(_measure(text, size, bold=bold) > WIDTH)


def _measure(text: str, size: int, *, bold: bool = True) -> float:
    return font(size, bold=bold).getlength(text)


def _width(text: str, size: int, *, bold: bool) -> int:
    return round(_measure(text, size, bold=bold))


def _shown(text: str) -> str:
    """Return a text without unprintable characters, which XML does not allow."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _drawable(text: str) -> str:
    """Return a text without symbols that our font lacks; an empty one if it lacks any letter or digit."""
    shown = _shown(unicodedata.normalize("NFC", text))
    if any(sign.isalnum() and not _has_letter(sign) for sign in shown):
        return ""
    return " ".join("".join(sign for sign in shown if _has_letter(sign)).split())


@lru_cache(maxsize=4096)
def _has_letter(sign: str) -> bool:
    """Return whether the font has a glyph for a character: it does not draw the missing-glyph box."""
    if sign.isspace():
        return True
    drawn = font(40, bold=True)
    return bytes(drawn.getmask(sign)) != bytes(drawn.getmask(NOT_A_LETTER))
