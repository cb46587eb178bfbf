"""Lay out a person's own data as an accessible PDF. Free text may hold letters that our fonts lack."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import typst

from passport.adapters.printing.press import HERE, compiled, said
from passport.adapters.printing.sheet import Words

Rows = Sequence[Sequence[tuple[str, str]]]
Parts = Sequence[tuple[str, Sequence[tuple[str, Rows]]]]
UNSHOWN = "\N{REPLACEMENT CHARACTER}"
# each try finds the letters of one text that our fonts lack; the rest is replaced by what it is
MOST_TRIES = 20
_MISSING = re.compile(r'the text [`"\']+(?P<text>.+?)[`"\']+ could not be displayed', re.DOTALL)


def record_pdf(parts: Parts, words: Words, *, title: str, footer: str, colour: str) -> bytes:
    """Return chapters of tables as a PDF; each row is a list of names and values.

    A letter that our fonts lack is printed as a replacement character. ``colour`` is a CSS colour of six
    digits. Raises CannotPrint where typst warns.
    """
    missing: set[str] = set()
    for _try in range(MOST_TRIES):
        try:
            return compiled(HERE / "record.typ", _told(parts, words, title, footer, colour, missing))
        except typst.TypstError as error:
            found = _MISSING.search(str(error))
            if found is None:
                raise
            missing |= set(found["text"])
    every = {letter for text in _texts(parts, title) for letter in text if not _is_common(letter)}
    return compiled(HERE / "record.typ", _told(parts, words, title, footer, colour, missing | every))


def _told(
    parts: Parts, words: Words, title: str, footer: str, colour: str, missing: set[str]
) -> dict[str, Any]:
    table = {ord(letter): UNSHOWN for letter in missing}

    def shown(text: str) -> dict[str, Any]:
        return said(
            "".join(one if one == "\n" or one.isprintable() else " " for one in text).translate(table)
        )

    return {
        "layout": "record",
        "grey": False,
        "colour": colour,
        "title": title.translate(table),
        "heading": shown(title),
        "footer": footer,
        "lang": words.lang,
        "region": words.region,
        "words": asdict(words),
        "parts": [
            {
                "title": name,
                "blocks": [
                    {
                        "title": heading,
                        "rows": [[(label, shown(value)) for label, value in row] for row in rows],
                    }
                    for heading, rows in blocks
                ],
            }
            for name, blocks in parts
        ],
    }


def _texts(parts: Parts, title: str) -> Sequence[str]:
    values = [
        value for _name, blocks in parts for _heading, rows in blocks for row in rows for _label, value in row
    ]
    return [title, *values]


def _is_common(letter: str) -> bool:
    """Return whether a letter is in every font that covers English."""
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN SMALL LETTER")
