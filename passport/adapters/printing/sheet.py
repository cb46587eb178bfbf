"""The contents of a sheet, as finished text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Layout(StrEnum):
    """A sheet of A4, the same in large print, a card to be cut out, or a page as large as a card."""

    SHEET = "sheet"
    LARGE = "large"
    CARD = "card"
    CARD_PAGE = "cardpage"


@dataclass(frozen=True)
class Words:
    """The labels in one language. ``page`` has the placeholders `{page}` and `{of}`."""

    lang: str
    region: str
    code: str
    check_it_at: str
    endorsed_by: str
    page: str
    cut: str
    ruler: str


@dataclass(frozen=True)
class Picture:
    """A code as an SVG with its margin, ``side`` millimetres wide on paper, and its alternative text."""

    svg: str
    side: float
    alt: str


@dataclass(frozen=True)
class Entry:
    """An entry. Without ``picture`` it is checked by the share's code alone."""

    skill: str
    level: str
    champion: str
    role: str
    employer: str
    by: str
    assurance: str
    basis: str
    review: str
    inside: str
    picture: Picture | None


@dataclass(frozen=True)
class Sheet:
    """The contents of one share on paper. ``note`` is empty, or says that the sheet is not a real one."""

    holder: str
    school: str
    programme: str
    code: str
    address: str
    address_in_words: str
    paper: str
    until: str
    picture: Picture
    entries: tuple[Entry, ...]
    note: str = ""
