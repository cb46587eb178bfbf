"""Read one row of a school's list: a person, or the reason why it is none. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from passport.openbadges.signed_texts import name_words
from passport.services.core import mailboxes, written_days
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.written_days import Unclear
from passport.services.people.imports.columns import Field
from passport.services.programmes.managing import named

YEAR = re.compile(r"(?:n\.?c\.? ?)?(?:y(?:ea)?r?\.? ?(?:group ?)?)?0?(\d{1,2})(?:\.0)?")
SIXTH_FORM = {"lower sixth": 12, "lower 6th": 12, "l6": 12, "upper sixth": 13, "upper 6th": 13, "u6": 13}
# after a comma these are no first name: "Smith, Jr"
SUFFIXES = frozenset({"jr", "jnr", "sr", "snr", "ii", "iii", "iv"})
SHORTEST_NAME = 2
# what programs write for a letter that their file cannot hold
LOST = frozenset("?\ufffd")


@dataclass(frozen=True)
class Layout:
    """How a file is read and what was chosen for it.

    ``columns`` are places by field. ``month_first``: a date of birth in it can only have its month first, so
    those that could be either are not read. ``year`` is for all rows of a file without a column of years, and
    ``years`` are the year groups whose students are taken; empty for all. ``sector`` and ``cohort`` are
    references, for new students. ``found_years`` are the year groups in the file. ``remarks`` are those of
    the reader of tables.
    """

    heading: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    month_first: bool = False
    year: int | None = None
    years: list[int] = field(default_factory=list)
    sector: str = ""
    cohort: str = ""
    found_years: list[int] = field(default_factory=list)
    without_email: int = 0
    remarks: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the layout as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Layout:
        """Parse the result of `to_json`."""
        return cls(**json.loads(text))

    def cell(self, cells: Sequence[str], what: Field) -> str:
        """Return a row's cell of a field, with single spaces and composed letters; "" without one."""
        place = self.columns.get(what)
        written = cells[place] if place is not None and place < len(cells) else ""
        return " ".join(unicodedata.normalize("NFC", written).split())


@dataclass(frozen=True)
class Person:
    """A student as a row has them. None where the file does not say it.

    ``preferred``: the file says how they are called, so that ``first_name`` replaces what is stored.
    """

    name: str
    first_name: str
    born_on: date | None
    year_group: int | None
    email: str | None
    preferred: bool = False


def person(layout: Layout, cells: Sequence[str], today: date) -> Person:
    """Read a row. Raises Refused, UnusableText for a name that cannot be signed."""
    name, first_name, preferred = _names(layout, cells)
    return Person(
        name=name,
        first_name=named("name", first_name),
        born_on=_born_on(layout, cells, today),
        year_group=_year(layout, cells),
        email=_email(layout, cells),
        preferred=preferred,
    )


def shown_name(layout: Layout, cells: Sequence[str]) -> str:
    """Return a row's name as far as there is one, for its line in a report; at most 120 characters."""
    whole = layout.cell(cells, Field.NAME)
    parts = [layout.cell(cells, Field.FORENAME), layout.cell(cells, Field.SURNAME)]
    return (" ".join(filter(None, parts)) or whole)[:120]


def is_month_first(layout: Layout, rows: Sequence[Sequence[str]]) -> bool:
    """Return whether a date of birth can only have its month before its day."""
    return any(written_days.is_month_first(layout.cell(cells, Field.BORN_ON)) for cells in rows)


def _names(layout: Layout, cells: Sequence[str]) -> tuple[str, str, bool]:
    """Return the name that will be signed, the first name, and whether the file says how they are called."""
    surname, forename = layout.cell(cells, Field.SURNAME), layout.cell(cells, Field.FORENAME)
    whole, called = layout.cell(cells, Field.NAME), layout.cell(cells, Field.PREFERRED)
    if surname or forename:
        # a column with the whole name beside legal names says how they are called
        if not called and whole and surname and whole.endswith(f" {surname}"):
            called = whole.removesuffix(surname).strip()
        name, first = f"{forename} {surname}".strip(), forename or surname
    else:
        name, first = _turned(whole)
    name = named("name", name)
    if LOST & set(name + called):
        raise Refused(Reason.NAME_LETTERS_LOST)
    if len("".join(name_words(name))) < SHORTEST_NAME and name.isascii():
        raise Refused(Reason.NAME_TOO_SHORT)
    return name, called or first, bool(called)


def _turned(whole: str) -> tuple[str, str]:
    """Return "Smith, Jr, Jax" as "Jax Smith, Jr" with its first name; without a comma, the first word."""
    last, comma, first = whole.rpartition(",")
    if comma and not set(name_words(first)) <= SUFFIXES:
        return f"{first.strip()} {last.strip()}", first.strip()
    return whole, whole.partition(" ")[0]


def _born_on(layout: Layout, cells: Sequence[str], today: date) -> date | None:
    written = layout.cell(cells, Field.BORN_ON)
    if not written:
        return None
    found = written_days.day(written, today, month_first=layout.month_first)
    if found is Unclear.TWO_WAYS:
        raise Refused(Reason.BORN_ON_TWO_WAYS)
    if isinstance(found, Unclear):
        raise Refused(Reason.BORN_ON_UNREADABLE)
    return found


def _year(layout: Layout, cells: Sequence[str]) -> int | None:
    written = layout.cell(cells, Field.YEAR).casefold()
    if not written:
        return layout.year
    if written in SIXTH_FORM:
        return SIXTH_FORM[written]
    found = YEAR.fullmatch(written)
    if found is None:
        raise Refused(Reason.YEAR_UNREADABLE)
    return int(found[1])


def _email(layout: Layout, cells: Sequence[str]) -> str | None:
    written = layout.cell(cells, Field.EMAIL).lower()
    if not written:
        return None
    if not mailboxes.is_address(written):
        raise Refused(Reason.EMAIL_UNUSABLE)
    return written
