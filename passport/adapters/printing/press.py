"""Lay out sheets as a PDF."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from passport.adapters.printing.sheet import Layout, Sheet, Words

HERE = Path(__file__).parent
SOURCES = {
    Layout.SHEET: "sheet.typ",
    Layout.LARGE: "sheet.typ",
    Layout.CARD: "card.typ",
    Layout.CARD_PAGE: "card.typ",
}
# PDF/UA-1 (ISO 14289-1): tags, title, language, alternative text for pictures, a glyph for every letter
STANDARD: Literal["ua-1"] = "ua-1"
# fields with names of people or things, which may be in any script
SAID_OF_A_SHEET = ("holder", "school", "programme")
SAID_OF_AN_ENTRY = ("skill", "champion", "role", "employer")
# The most likely language of a name in each script, in this country
LANGUAGES = {"GURMUKHI": "pa", "ARABIC": "ur"}
_WITHOUT_GLYPH = re.compile(r'the text [`"\']+(?P<text>.+?)[`"\']+ could not be displayed', re.DOTALL)


class NoGlyph(Exception):
    """Our fonts lack a letter. ``text`` is the name with the letter, ``sheet`` the number of its sheet."""

    def __init__(self, text: str, sheet: int) -> None:
        """Set `text` and `sheet`."""
        super().__init__(f"our fonts lack a letter of {text!r}")
        self.text = text
        self.sheet = sheet


class CannotPrint(Exception):
    """Typst could not lay out the sheets, for example as a font is missing. The operator must act."""


def pdf(
    sheets: Sequence[Sheet],
    words: Words,
    layout: Layout,
    *,
    title: str,
    footer: str,
    colour: str,
    grey: bool = False,
) -> bytes:
    """Return the sheets laid out as a PDF, each on pages of its own. The output is deterministic.

    ``colour`` is a CSS colour of six digits. Raises NoGlyph for a name with letters that our fonts lack, and
    CannotPrint where typst warns: a page without its font is blank and would still claim PDF/UA-1.
    """
    data = {
        "layout": layout.value,
        "grey": grey,
        "colour": colour,
        "title": title,
        "footer": footer,
        "lang": words.lang,
        "region": words.region,
        "words": asdict(words),
        "sheets": [_told(sheet) for sheet in sheets],
    }
    try:
        return compiled(HERE / SOURCES[layout], data)
    except typst.TypstError as error:
        raise _without_glyph(str(error), sheets) or error from error


def compiled(source: Path, data: dict[str, Any]) -> bytes:
    """Return a PDF/UA-1 of a source of this folder and its data.

    Raises TypstError, and CannotPrint where typst warns.
    """
    made, warnings = typst.compile_with_warnings(
        source,
        root=HERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=STANDARD,
    )
    if warnings:
        raise CannotPrint("; ".join(sorted({warning.message for warning in warnings})))
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return made


@cache
def _fonts() -> typst.Fonts:
    """Return our own fonts and no others; cached."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])


def _told(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as data for typst, with the language and direction of each name."""
    told = asdict(sheet)
    for field in SAID_OF_A_SHEET:
        told[field] = said(told[field])
    for entry in told["entries"]:
        for field in SAID_OF_AN_ENTRY:
            entry[field] = said(entry[field])
    return told


def said(text: str) -> dict[str, Any]:
    """Return a text with its most likely language and its direction."""
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha()}
    language = next((LANGUAGES[script] for script in LANGUAGES if script in scripts), "en")
    rtl = next((unicodedata.bidirectional(letter) for letter in text if letter.isalpha()), "L") in {"R", "AL"}
    return {"text": text, "lang": language, "rtl": rtl}


def _without_glyph(told: str, sheets: Sequence[Sheet]) -> NoGlyph | None:
    """Return NoGlyph for the name with a missing glyph: typst reports only the letter."""
    found = _WITHOUT_GLYPH.search(told)
    letters = found["text"] if found else ""
    for number, sheet in enumerate(sheets):
        for text in _names(sheet):
            if letters and letters in text:
                return NoGlyph(text, number)
    return None


def _names(sheet: Sheet) -> Iterator[str]:
    yield from (str(getattr(sheet, field)) for field in SAID_OF_A_SHEET)
    for entry in sheet.entries:
        yield from (str(getattr(entry, field)) for field in SAID_OF_AN_ENTRY)
